import { PublicKey, type TransactionInstruction } from "@solana/web3.js";
import { type Arguments, checkArguments, publicKey } from "../arguments";
import { UPGRADEABLE_LOADER_ID } from "../ids";
import type { Program } from "./define";

const initializeShape = {
  /** Pays the rent of `Config`. Signs. */
  payer: publicKey,
  /** Upgrade authority of the program, read by it from ProgramData. Signs. */
  upgradeAuthority: publicKey,
  /** Who has the authority from now on. */
  authority: publicKey,
};

const nominateShape = {
  /** Present authority. Signs. */
  authority: publicKey,
  /** Who may accept the authority; the default key takes a nomination back. */
  nominee: publicKey,
};

/** The builders of a program with one authority, of which each program of the suite has its own. */
export interface AuthorityBuilders {
  /** The program's one `Config` account. */
  configAddress(this: void): PublicKey;
  /** The program's ProgramData account, which names its upgrade authority. */
  programDataAddress(this: void): PublicKey;
  /** Creates the `Config` account, once. */
  initialize(this: void, args: Arguments<typeof initializeShape>): TransactionInstruction;
  /** First half of handing over the authority. A later nomination replaces it. */
  nominateAuthority(this: void, args: Arguments<typeof nominateShape>): TransactionInstruction;
  /** Second half of handing over the authority, signed by the nominee. */
  acceptAuthority(this: void, args: { nominee: PublicKey }): TransactionInstruction;
}

/** Counterpart of the authority kit in `programs/common`. `configSeed`: of the program's `Config`. */
export function authorityBuilders(
  program: Pick<
    Program<"initialize" | "nominate_authority" | "accept_authority">,
    "id" | "instruction"
  >,
  configSeed: string,
): AuthorityBuilders {
  const configAddress = (): PublicKey =>
    PublicKey.findProgramAddressSync([Buffer.from(configSeed)], program.id)[0];
  const programDataAddress = (): PublicKey =>
    PublicKey.findProgramAddressSync([program.id.toBytes()], UPGRADEABLE_LOADER_ID)[0];
  return {
    configAddress,
    programDataAddress,
    initialize(args) {
      const { authority, ...accounts } = checkArguments("initialize", initializeShape, args);
      return program.instruction("initialize", {
        accounts: {
          ...accounts,
          config: configAddress(),
          program: program.id,
          programData: programDataAddress(),
        },
        args: { authority },
      });
    },
    nominateAuthority(args) {
      const { authority, nominee } = checkArguments("nominateAuthority", nominateShape, args);
      return program.instruction("nominate_authority", {
        accounts: { authority, config: configAddress() },
        args: { nominee },
      });
    },
    acceptAuthority(args) {
      const { nominee } = checkArguments("acceptAuthority", { nominee: publicKey }, args);
      return program.instruction("accept_authority", {
        accounts: { nominee, config: configAddress() },
      });
    },
  };
}
