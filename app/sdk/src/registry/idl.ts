/** The generated IDL and names, for users of Anchor's own client. */

export type { Registry } from "../generated/registry/anchor";
export {
  REGISTRY_IDL,
  type RegistryAccount,
  type RegistryErrorName,
  type RegistryEvent,
  type RegistryInstruction,
} from "../generated/registry/names";
