"""A small application that people sign up for by mail and pay for by subscription."""

from saas.app import create_app

__all__ = ["create_app"]
