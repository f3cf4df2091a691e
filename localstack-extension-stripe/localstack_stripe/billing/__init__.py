"""Pure arithmetic and calendars: no store, no clock, no I/O."""
