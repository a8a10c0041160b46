"""Ask the record: ledgers of harm, of treaties and of claims; series of dyads, tension, change, networks. Each figure keeps the ids of its events."""
