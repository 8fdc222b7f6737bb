"""What the routes answer, as types: the OpenAPI document is made of them, and tests hold every answer against them."""
