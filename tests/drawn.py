"""What a figure says in words, beside what it draws."""


def legend(figure):
    (only,) = figure.legends
    return [text.get_text() for text in only.get_texts()]


def panel_text(figure):
    return " ".join(text.get_text() for text in figure.axes[0].texts)


def below(figure):
    return figure.get_supxlabel().replace("\n", " ")
