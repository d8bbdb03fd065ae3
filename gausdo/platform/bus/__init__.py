"""Events from the outbox of one module to the handlers of others: exactly once, in order."""
