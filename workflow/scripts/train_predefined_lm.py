"""Train dense and sparse language models (rules train_predefined_lm and _recite)."""

from ontogeny.disk.files import read_table, sha256, write_table
from ontogeny.running.jobs import run
from ontogeny.running.states import keep_delivered, state_folder
from ontogeny.studies.predefined.lm_training import lm_recipe, train_network
from ontogeny.studies.predefined.losses import read_texts
from ontogeny.studies.predefined.networks import Network
from ontogeny.studies.predefined.training_jobs import each
from ontogeny.training.devices import use_threads
from ontogeny.training.state import deliver


def main(job):
    use_threads(job.params.threads)
    seed, data = int(job.wildcards.seed), [sha256(path) for path in job.input]
    texts, training = read_texts(job.input, job.params.words), job.params.training
    types = len(read_table(job.input.vocabulary))
    same = {name: job.params[name] for name in ("training", "words", "threads", "code")}
    for network, files in each(job.params.networks, job.output):
        own = {"seed": seed, "data": data, "network": network, **same}
        folder = state_folder("state", files.values(), **own)
        about = [*data, repr(network), repr(sorted(training.items()))]
        identity = lm_recipe(training, dropout=True).identity(about, seed)
        where = {"seed": seed, "folder": folder, "device": job.params.device}
        about = {"types": types, "identity": identity, **where}
        found = train_network(Network(**network), texts, training, **about)
        for name, table in found._asdict().items():
            write_table(table, files[name])
        deliver(folder, [files["weights"]])
        keep_delivered(folder, identity)


if __name__ == "__main__":
    run(main, snakemake)
