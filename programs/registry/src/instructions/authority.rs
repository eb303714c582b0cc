use anchor_lang::prelude::*;

use crate::{errors::RegistryError, program::Registry, state::Config};

pinfi_common::authority_instructions!(program: Registry, config: Config, error: RegistryError);
