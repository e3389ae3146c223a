"""What a recruiter would argue about in applications, a module per step.

Pure: values in, a value or a UserError out.
"""
