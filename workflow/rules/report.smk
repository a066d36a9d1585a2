# Report: tidy scores to tables and figures, each a target of its own name.
ALL_SCORES = RESULTS + "/scores.csv"
REFERENCE = "workflow/config/reference.csv"
TABLE = RESULTS + "/tables/{name}"
FIGURE = RESULTS + "/figures/{name}"
# Files of the tidy tables that outputs read.
TIDY = {"scores": ALL_SCORES, "reference": REFERENCE, "selections": CHOICES, "ablations": ALL_ABLATIONS}
TIDY |= {"sensitivity": SENSITIVITY, "sizes": SIZES, "history": HISTORY}


def tables(*names):
    """Files of the tables `names`."""
    return expand(TABLE + ".{suffix}", name=names, suffix=["md", "csv"])


def figures(*names):
    """Files of the figures `names`."""
    return expand(FIGURE + ".{suffix}", name=names, suffix=["png", "svg"])


def inputs_of(wildcards):
    """Files of the tidy tables that the output reads."""
    return {name: TIDY[name] for name in output_inputs(wildcards.name)}


rule report:
    input:
        tables(*config["outputs"]["tables"]),
        figures(*config["outputs"]["figures"]),
        ALL_SCORES,


rule collect_scores:
    input:
        rules.evaluation.input,
    output:
        ALL_SCORES,
    params:
        code=code("mgah/report/__main__.py"),
    log:
        RESULTS + "/logs/report/scores.log",
    benchmark:
        RESULTS + "/benchmarks/report/scores.tsv"
    shell:
        "{PYTHON} -m mgah.report collect --output {output} {input} 2>&1 | tee {log}"


use rule collect_scores as collect_ablations with:
    input:
        rules.ablation.input,
    output:
        ALL_ABLATIONS,
    log:
        RESULTS + "/logs/report/ablations.log",
    benchmark:
        RESULTS + "/benchmarks/report/ablations.tsv"


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
