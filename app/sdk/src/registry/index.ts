/** The registry program: addresses, accounts, instructions. */
export * from "./accounts";
export * from "./authority";
export * from "./errors";
export * from "./events";
export * from "./idl";
export * from "./instructions/catalogue";
export * from "./instructions/operators";
export * from "./pdas";
export { REGISTRY, REGISTRY_PROGRAM_ID } from "./program";
export { REGISTRY_DESCRIBED } from "./sentences";
