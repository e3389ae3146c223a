"""What a recruiter would argue about in candidates, a module per noun.

Pure: values in, a value or a UserError out.
"""
