"""What a test suite uses of the emulator: the pytest plugin."""
