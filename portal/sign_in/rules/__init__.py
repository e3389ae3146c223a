"""Who may sign in, and with what: a module per way in.

Pure: values in, a value or a UserError out.
"""
