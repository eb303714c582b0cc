import { createConfigReader } from "./engine/config/load";
import { maskConfig as mask } from "./engine/config/mask";
import {
  composeSchema,
  type EngineConfig,
  type EngineConfigInput,
  type SettingsInputOf,
  type SettingsOf,
} from "./engine/config/schema";
import { PROGRAMS } from "./programs";

type AllSettings = (typeof PROGRAMS)[number]["settings"];
type Together<Union> = (Union extends unknown ? (each: Union) => void : never) extends (
  all: infer All,
) => void
  ? All
  : never;

/** One frozen object, parsed once at start and handed to whoever needs a part of it. */
export type Config = EngineConfig &
  Together<AllSettings extends infer Each extends AllSettings ? SettingsOf<Each> : never>;

/** As written in a file: defaults still missing, amounts not yet bigint. */
export type ConfigInput = EngineConfigInput &
  Together<AllSettings extends infer Each extends AllSettings ? SettingsInputOf<Each> : never>;

const schema = composeSchema(PROGRAMS);

export const configReader = createConfigReader<Config>(schema);

export const { load: loadConfig, parse: parseConfig, jsonSchema: configJsonSchema } = configReader;

/** The configuration as it may be printed: secrets replaced, bigints as text. */
export const maskConfig = (config: Config): unknown => mask(config, schema);
