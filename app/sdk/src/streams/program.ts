import {
  STREAMS_IDL,
  type StreamsAccount,
  type StreamsEvent,
  type StreamsInstruction,
} from "../generated/streams/names";
import { defineProgram } from "../program/define";

/** The streams program: builders and readers that know its IDL. */
export const STREAMS = defineProgram<StreamsInstruction, StreamsAccount, StreamsEvent>(STREAMS_IDL);

/** Address of the streams program, from its IDL (`declare_id!`). */
export const STREAMS_PROGRAM_ID = STREAMS.id;
