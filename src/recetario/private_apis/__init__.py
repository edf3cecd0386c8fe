"""Parts of other libraries that they do not document: one module a library, with the version each was read from.

When an upgrade breaks one of them, its test in ``tests/private_apis`` fails and names the library.
"""
