"""Diurna reads news reports and keeps the public record of them."""
