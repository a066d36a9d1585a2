"""Marginalized Graph Attention Hashing and its line-up, from images to tables.

snakemake --cores all                                                     the paper's grid
snakemake --cores all --configfile workflow/config/small.yaml             minutes, no data needed
snakemake table1 --cores 2 --configfile workflow/config/cpu.yaml          one table, real images, two cores
"""

import sys

sys.path.insert(0, workflow.basedir)

from workflow import snakemake_internals

# a file given with --configfile replaces the default, it is not merged into it; a job of a cluster gets its keys
if not snakemake_internals.given_config_files(workflow) and "datasets" not in config:

    configfile: f"{workflow.basedir}/workflow/config/paper.yaml"


# the front page of snakemake --report
report: "workflow/report/front.rst"


include: "workflow/rules/common.smk"
include: "workflow/rules/data.smk"
include: "workflow/rules/splits.smk"
include: "workflow/rules/pretraining.smk"
include: "workflow/rules/features.smk"
include: "workflow/rules/semantics.smk"
include: "workflow/rules/train.smk"
include: "workflow/rules/evaluation.smk"
include: "workflow/rules/pictures.smk"
include: "workflow/rules/studies.smk"
include: "workflow/rules/report.smk"


rule all:
    default_target: True
    input:
        rules.report.input,


onstart:
    own()
    planned = list(snakemake_internals.planned_jobs(workflow))
    say_gpus()
    check_needs(planned)
    show_stages(planned)
    if not snakemake_internals.on_cluster(workflow):
        snakemake_internals.relieve_scheduler(workflow)
        servers.start(soon=fitting_kinds(planned))


onsuccess:
    servers.stop()
    PROGRESS.end()
    print(where())


onerror:
    servers.stop()
    PROGRESS.end()
    lines = ["The run failed:", *failures()] if failures() else [STOPPED]
    print("\n".join(lines), file=sys.stderr)
