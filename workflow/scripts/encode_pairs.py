"""Learn subwords and write sentence pairs in them (rule encode_pairs)."""

from ontogeny.disk.files import write_table
from ontogeny.running.jobs import run
from ontogeny.studies.lottery.texts import READERS, encode_texts


def main(job):
    names, how = job.params.texts, job.params.words
    words = READERS[job.params.reader](names, list(job.input), **how)
    texts = encode_texts(words, **job.params.encoding)
    texts.subwords.save(job.output.subwords)
    write_table(texts.counts, job.output.counts)
    for name, path in zip(names, job.output.texts, strict=True):
        write_table(texts.tables[name], path)


if __name__ == "__main__":
    run(main, snakemake)
