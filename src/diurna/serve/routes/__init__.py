"""The views of the API, by what they show."""
