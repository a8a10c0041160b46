"""Ask the record: ledgers of harm, of treaties, and of who claims what."""
