"""What the program knows beforehand: countries, organisations, persons, role words; and the gazetteer."""

from diurna.knowledge.tables import Country, CountryName, Head, Organisation, Person, Tables, load_tables

__all__ = ["Country", "CountryName", "Head", "Organisation", "Person", "Tables", "load_tables"]
