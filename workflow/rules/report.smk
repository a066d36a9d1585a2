# Report: tidy scores to tables and figures, each a target of its own name.
ALL_SCORES = RESULTS + "/scores.csv"
NOTES = RESULTS + "/notes.csv"
BENCHMARKS = RESULTS + "/benchmarks.csv"
REFERENCE = "workflow/config/reference.csv"
TABLE = RESULTS + "/tables/{name}"
FIGURE = RESULTS + "/figures/{name}"
# Files of the tidy tables that outputs read, or functions that name them.
TIDY = {
    "scores": ALL_SCORES,
    "notes": NOTES,
    "reference": REFERENCE,
    "selections": CHOICES,
    "comparisons": COMPARISONS,
    "benchmarks": BENCHMARKS,
    "curves": CURVES,
    "graphs": graphs_file,
    "confusion": CONFUSION,
    "gallery": GALLERY + ".csv",
    "thumbnails": GALLERY + ".npz",
}


def tables(*names):
    """Files of the tables `names`."""
    return expand(TABLE + ".{suffix}", name=names, suffix=["md", "csv"])


def figures(*names):
    """Files of the figures `names`."""
    return expand(FIGURE + ".{suffix}", name=names, suffix=["png", "svg"])


def inputs_of(wildcards):
    """Files of the tidy tables that the output reads."""
    files = {name: TIDY[name] for name in output_inputs(wildcards.name)}
    return {name: file() if callable(file) else file for name, file in files.items()}


rule report:
    input:
        tables(*config["outputs"]["tables"]),
        figures(*config["outputs"]["figures"]),
        ALL_SCORES,


rule collect_scores:
    input:
        rules.evaluation.input,
    output:
        scores=ALL_SCORES,
        notes=NOTES,
    params:
        code=code("mgah/report/__main__.py"),
    log:
        RESULTS + "/logs/report/scores.log",
    benchmark:
        RESULTS + "/benchmarks/report/scores.tsv"
    shell:
        "{PYTHON} -m mgah.report collect --output {output.scores} --notes {output.notes} {input} 2>&1 | tee {log}"


# Benchmark files are no inputs: a job may have none. What it measured is there when its outputs are.
rule collect_benchmarks:
    input:
        rules.evaluation.input,
        rules.selection.input,
    output:
        BENCHMARKS,
    params:
        folder=RESULTS + "/benchmarks",
        code=code("mgah/report/benchmarks.py"),
    log:
        RESULTS + "/logs/report/benchmarks.log",
    shell:
        "{PYTHON} -m mgah.report.benchmarks {params.folder} --device {DEVICE} --output {output} 2>&1 | tee {log}"


rule render_table:
    input:
        unpack(inputs_of),
    output:
        multiext(TABLE, ".md", ".csv"),
    params:
        code=lambda w: code("mgah/report/__main__.py", f"mgah/report/tables/{w.name}.py"),
        inputs=lambda w, input: shlex.join(f"--{name}={file}" for name, file in input.items()),
        folder=RESULTS + "/tables",
    log:
        RESULTS + "/logs/report/{name}.log",
    benchmark:
        RESULTS + "/benchmarks/report/{name}.tsv"
    shell:
        "{PYTHON} -m mgah.report render {wildcards.name} {params.inputs} --output-dir {params.folder} 2>&1"
        " | tee {log}"


rule render_figure:
    input:
        unpack(inputs_of),
    output:
        multiext(FIGURE, ".png", ".svg"),
    params:
        code=lambda w: code("mgah/report/__main__.py", f"mgah/report/figures/{w.name}.py"),
        inputs=lambda w, input: shlex.join(f"--{name}={file}" for name, file in input.items()),
        folder=RESULTS + "/figures",
    log:
        RESULTS + "/logs/report/{name}.log",
    benchmark:
        RESULTS + "/benchmarks/report/{name}.tsv"
    shell:
        "{PYTHON} -m mgah.report render {wildcards.name} {params.inputs} --output-dir {params.folder} 2>&1"
        " | tee {log}"


for shown, kind in output_kinds().items():

    rule:
        name:
            shown
        input:
            tables(shown) if kind == "tables" else figures(shown),
