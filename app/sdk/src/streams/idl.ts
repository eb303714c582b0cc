/** The generated IDL and names, for users of Anchor's own client. */

export type { Streams } from "../generated/streams/anchor";
export {
  STREAMS_IDL,
  type StreamsAccount,
  type StreamsErrorName,
  type StreamsEvent,
  type StreamsInstruction,
} from "../generated/streams/names";
