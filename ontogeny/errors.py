"""The one exception that is meant for the person at the terminal."""


class InputError(ValueError):
    """Bad input, told in one sentence: what is wrong, where, what to do.

    Jobs print its message without a traceback and exit with status 1; any
    other exception is a bug of ours and keeps its traceback.
    """


def one_line(error: Exception) -> str:
    """An error's message without its line breaks.

    >>> one_line(ValueError("two\\nlines"))
    'two lines'
    """
    return " ".join(str(error).split())
