"""The emulator's own endpoints, under ``/_emulator/``, a file a subject. Stripe has nothing there."""
