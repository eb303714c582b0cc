use anchor_lang::prelude::*;

use crate::{errors::StreamsError, program::Streams, state::Config};

pinfi_common::authority_instructions!(program: Streams, config: Config, error: StreamsError);
