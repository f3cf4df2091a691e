"""The extension loader for LocalStack without Pro.

LocalStack's community edition has the Extension API but nothing that loads extensions. The hooks here do what Pro's
loader does, in its order, and nothing where Pro's loader is at work.
"""
