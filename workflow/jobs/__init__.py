"""How the workflow runs the command of a job: measured, and where it can without starting Python anew.

`run` is put before every job's command. It imports the standard library alone and asks a `fork_server` for a process
that has imported what jobs of that kind import; where none answers, it starts Python.
"""
