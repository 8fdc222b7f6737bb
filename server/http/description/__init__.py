"""The OpenAPI document: what the routes declare, completed by what they answer, how they fail, and examples."""
