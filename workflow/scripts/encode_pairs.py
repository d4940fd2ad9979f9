"""Learn subwords and write sentence pairs in them (rule encode_pairs)."""

from ontogeny.disk.files import write_table
from ontogeny.running.jobs import run
from ontogeny.studies.lottery.texts import encode_texts, read_files, read_generated


def main(job):
    names, files = job.params.texts, list(job.input)
    if job.params.generated:
        words = read_generated(*files)
    else:
        pairs = zip(files[::2], files[1::2], strict=True)
        texts = dict(zip(names, pairs, strict=True))
        words = read_files(texts, lowercase=job.params.lowercase)
    texts = encode_texts(words, **job.params.encoding)
    texts.subwords.save(job.output.subwords)
    write_table(texts.counts, job.output.counts)
    for name, path in zip(names, job.output.texts, strict=True):
        write_table(texts.tables[name], path)


if __name__ == "__main__":
    run(main, snakemake)
