import {
  REGISTRY_IDL,
  type RegistryAccount,
  type RegistryEvent,
  type RegistryInstruction,
} from "../generated/registry/names";
import { defineProgram } from "../program/define";

/** The registry program: builders and readers that know its IDL. */
export const REGISTRY = defineProgram<RegistryInstruction, RegistryAccount, RegistryEvent>(
  REGISTRY_IDL,
);

/** Address of the registry program, from its IDL (`declare_id!`). */
export const REGISTRY_PROGRAM_ID = REGISTRY.id;
