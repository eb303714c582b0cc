import { STREAMS_SEEDS } from "../generated/streams/names";
import { authorityBuilders } from "../program/authority";
import { STREAMS } from "./program";

export const { configAddress, programDataAddress, initialize, nominateAuthority, acceptAuthority } =
  authorityBuilders(STREAMS, STREAMS_SEEDS.config);
