"""Ask the record: series of dyads, tension, change, networks, and who claims what. Each measure keeps the ids of its events (docs/guide/measures.md)."""
