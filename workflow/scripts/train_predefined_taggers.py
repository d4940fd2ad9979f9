"""Train taggers with dense and sparse embeddings (rule train_predefined_taggers)."""

from ontogeny.disk.files import sha256, write_table
from ontogeny.running.jobs import run
from ontogeny.running.states import keep_delivered, state_folder
from ontogeny.studies.predefined.sentences import read_tagged
from ontogeny.studies.predefined.tag_training import tag_recipe, train_tagger
from ontogeny.studies.predefined.taggers import Tagger
from ontogeny.studies.predefined.training_jobs import each
from ontogeny.training.devices import use_threads
from ontogeny.training.state import deliver


def main(job):
    use_threads(job.params.threads)
    seed, data = int(job.wildcards.seed), [sha256(path) for path in job.input]
    treebank, study = read_tagged(dict(job.input.items())), job.params.study
    same = {name: job.params[name] for name in ("study", "threads", "code")}
    for tagger, files in each(job.params.taggers, job.output):
        own = {"seed": seed, "data": data, "tagger": tagger, **same}
        folder = state_folder("state", files.values(), **own)
        about = [*data, repr(tagger), repr(sorted(study.items()))]
        identity = tag_recipe(study).identity(about, seed)
        where = {"seed": seed, "folder": folder, "device": job.params.device}
        found = train_tagger(
            Tagger(*tagger), treebank, study, identity=identity, **where
        )
        for name, table in found._asdict().items():
            write_table(table, files[name])
        deliver(folder, [files["weights"]])
        keep_delivered(folder, identity)


if __name__ == "__main__":
    run(main, snakemake)
