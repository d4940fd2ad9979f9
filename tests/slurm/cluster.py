"""A SLURM cluster of one node on this machine, from Debian's packages.

Controller, node and MUNGE run as children of the test and end with it. The
config must lie where SLURM looks by default: with another SLURM_CONF the job's
own step asks the wrong controller.
"""

import os
import shutil
import signal
import socket
import subprocess
import time
from contextlib import ExitStack, contextmanager
from pathlib import Path

from ontogeny.cli.machine import cores, memory_bytes

PROGRAMS = ("munged", "slurmctld", "slurmd", "sbatch", "squeue", "scancel")
CONFIG = Path("/etc/slurm")
MUNGE = Path("/run/munge")
KEY = Path("/etc/munge/munge.key")

OURS = "ClusterName=ontogeny\n"
# Debian's SLURM without accounting and cgroups, which need a database and root
# of the machine; squeue forgets a job after MinJobAge seconds.
SLURM_CONF = """\
SlurmctldHost={host}
SlurmUser=root
AuthType=auth/munge
StateSaveLocation={folder}/controller
SlurmdSpoolDir={folder}/node
SlurmctldPidFile={folder}/slurmctld.pid
SlurmdPidFile={folder}/slurmd.pid
SlurmctldLogFile={folder}/slurmctld.log
SlurmdLogFile={folder}/slurmd.log
AccountingStorageType=accounting_storage/none
JobAcctGatherType=jobacct_gather/none
ProctrackType=proctrack/linuxproc
TaskPlugin=task/none
SelectType=select/cons_tres
SelectTypeParameters=CR_Core_Memory
ReturnToService=2
MinJobAge=3600
KillWait=5
OverTimeLimit=0
SchedulerParameters=sched_interval=5,batch_sched_delay=0
GresTypes=gpu
NodeName={host} CPUs={cores} RealMemory={memory_mb} Gres=gpu:2 State=UNKNOWN
PartitionName=test Nodes={host} Default=YES MaxTime=INFINITE State=UP
"""
# Two devices that every machine has stand for GPUs.
GRES_CONF = "Name=gpu File=/dev/null\nName=gpu File=/dev/zero\n"


def why_not():
    """Why a cluster cannot be started here; empty if it can."""
    missing = [program for program in PROGRAMS if not shutil.which(program)]
    if missing:
        return (
            f"SLURM's {', '.join(missing)} are not installed "
            "(Debian: slurmctld slurmd slurm-client munge)"
        )
    if os.geteuid() != 0:
        return "only root can start SLURM's daemons"
    config = CONFIG / "slurm.conf"
    # Ours is left by tests that were killed, or another process has its cluster.
    if config.exists() and not (
        config.read_text().startswith(OURS) and not _answers("sinfo")
    ):
        return f"this machine belongs to a cluster: there is a {config}"
    return ""


@contextmanager
def cluster(folder):
    """Start the daemons, wait until the node is idle, and end them."""
    folder.mkdir(parents=True)
    host = socket.gethostname().split(".")[0]
    memory_mb = memory_bytes() * 9 // 10 // 2**20
    values = {"host": host, "folder": folder, "cores": cores()}
    config = OURS + SLURM_CONF.format(**values, memory_mb=memory_mb)
    with ExitStack() as stack:
        for path, text in {
            CONFIG / "slurm.conf": config,
            CONFIG / "gres.conf": GRES_CONF,
        }.items():
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text)
            stack.callback(path.unlink)
        _make_munge_folders()
        for name, command in {
            "munged": ["munged", "--foreground", "--force"],
            "slurmctld": ["slurmctld", "-D", "-c"],
            "slurmd": ["slurmd", "-D", "-c"],
        }.items():
            if name == "munged" and _answers("munge", "-n"):
                continue
            stack.enter_context(_daemon(command, folder / f"{name}.out"))
            if name == "munged":
                _wait_for(lambda: _answers("munge", "-n"), name, folder)
        _wait_for(lambda: "idle" in _said("sinfo", "-h", "-o", "%t"), "slurmd", folder)
        yield


def _make_munge_folders():
    if not KEY.exists():
        KEY.parent.mkdir(parents=True, exist_ok=True)
        KEY.write_bytes(os.urandom(1024))
        KEY.chmod(0o400)
        shutil.chown(KEY, "munge", "munge")
    for path in (MUNGE, Path("/var/log/munge"), Path("/var/lib/munge")):
        path.mkdir(parents=True, exist_ok=True)


@contextmanager
def _daemon(command, log):
    with log.open("w") as output:
        process = subprocess.Popen(
            command, stdout=output, stderr=output, start_new_session=True
        )
        try:
            yield
        finally:
            process.send_signal(signal.SIGTERM)
            try:
                process.wait(10)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()


def _wait_for(ready, name, folder, *, seconds=60):
    until = time.monotonic() + seconds
    while not ready():
        if time.monotonic() > until:
            logs = "\n".join(
                path.read_text()[-2000:]
                for path in (folder / f"{name}.out", folder / f"{name}.log")
                if path.exists()
            )
            raise RuntimeError(f"{name} did not start within {seconds} s:\n{logs}")
        time.sleep(0.2)


def _answers(*command):
    return subprocess.run(command, capture_output=True, check=False).returncode == 0


def _said(*command):
    return subprocess.run(command, capture_output=True, text=True, check=False).stdout
