"""Commands of the command line, one module a group; ``diurna.cli`` registers them."""
