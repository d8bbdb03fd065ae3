"""The audit: histories sealed in a chain, looked over, and asked across modules."""
