/** The generated IDL and names, for users of Anchor's own client. */
export {
  STREAMS_CONSTANTS,
  STREAMS_ERRORS,
  STREAMS_IDL,
  type Streams,
  type StreamsAccount,
  type StreamsErrorName,
  type StreamsEvent,
  type StreamsInstruction,
} from "../generated/streams";
