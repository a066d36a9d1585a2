# Report: tidy scores to tables and figures, each a target of its own name.
ALL_SCORES = tidy("scores")
PAGE = f"{RESULTS}/report.html"
PROVENANCE = f"{RESULTS}/provenance.json"
REFERENCE = os.path.relpath(Path(workflow.basedir, "mgah/report/paper/published.csv"))
TABLE = f"{RESULTS}/tables/{{name}}"
FIGURE = f"{RESULTS}/figures/{{name}}"


def tables(*names):
    """Files of the tables `names`."""
    return expand(f"{TABLE}{{suffix}}", name=names, suffix=SUFFIXES["tables"])


def figures(*names):
    """Files of the figures `names`."""
    return expand(f"{FIGURE}{{suffix}}", name=names, suffix=SUFFIXES["figures"])


def inputs_of(wildcards):
    """Files of the tidy tables that the output reads."""
    names = registry.find("outputs", wildcards.name).parameters
    return {name: REFERENCE if name == "reference" else tidy(name) for name in names}


def code_of(wildcards):
    """Digest of the code that reads the output's tidy tables and makes it of them."""
    output = registry.find("outputs", wildcards.name)
    return code("mgah/report/__main__.py", output.file, *(INPUTS[name].code for name in output.parameters))


def reported(path, category, kind):
    """An output that stands in Snakemake's own report, under the paper's outputs or the others."""
    return report(
        path,
        category=category,
        subcategory=lambda w: "Of the paper" if w.name[-1].isdigit() else "Beside the paper",
        labels={kind: "{name}", "file": Path(path).suffix[1:]},
        caption=f"../report/{kind}.rst",
    )


def where():
    """Where a reader finds what the run made."""
    places = {
        "Page": PAGE,
        "Tables": f"{RESULTS}/tables",
        "Figures": f"{RESULTS}/figures",
        "Scores": ALL_SCORES,
    }
    there = [f"{word}: {path}." for word, path in places.items() if Path(path).exists()]
    return " ".join(there) or f"Made in {RESULTS}."


def page_files():
    """Template, style sheet and script of the results page."""
    files = Path(workflow.basedir, "mgah/report/page").iterdir()
    return sorted(path for path in files if path.suffix in (".html", ".css", ".js"))


def tidy_tables(*names):
    """Files of the tidy tables that the outputs `names` read."""
    files = {file for name in names for file in inputs_of(SimpleNamespace(name=name)).values()}
    return sorted(files - {REFERENCE, ALL_SCORES})


def traced_methods():
    """Setting and name of each method whose training the figures show, loss by loss: those that are MGAH."""
    return [
        (setting, method)
        for setting in SETTINGS
        for method in experiments.methods_of(config, setting)
        if components.method_module(config, method) == "mgah"
    ]


rule report:
    input:
        tables(*config["outputs"]["tables"]),
        figures(*config["outputs"]["figures"]),
        ALL_SCORES,
        PAGE,


rule page:
    input:
        PAGE,


rule collect_scores:
    input:
        rules.evaluation.input,
    output:
        scores=ALL_SCORES,
        notes=tidy("notes"),
    log:
        f"{RESULTS}/logs/report/scores.log",
    group:
        joined("report", "collect_scores")
    resources:
        **asks("collect_scores"),
    params:
        code=code("mgah/report/collect.py"),
    shell:
        "{JOB} report {log} mgah.report.collect scores --output {output.scores} --notes {output.notes} {input}"
        " > {log} 2>&1"


# Benchmark files are no inputs: a job may have none. What it measured is there when its outputs are.
rule collect_benchmarks:
    input:
        rules.evaluation.input,
        rules.selection.input,
    output:
        tidy("benchmarks"),
    log:
        f"{RESULTS}/logs/report/benchmarks.log",
    group:
        joined("report", "collect_benchmarks")
    resources:
        **asks("collect_benchmarks"),
    params:
        folder=f"{RESULTS}/benchmarks",
        methods=[*config["methods"], *REFERENCE_LINES],
        seeds=sorted({seed for experiment in config["experiments"] for seed in experiment["seeds"]}),
        code=code("mgah/report/benchmarks.py"),
    shell:
        "{JOB} report {log} mgah.report.benchmarks {params.folder} --methods {params.methods} --seeds {params.seeds}"
        " --device {DEVICE} --output {output} > {log} 2>&1"


use rule collect_scores as collect_ablations with:
    input:
        rules.ablation.input,
    output:
        scores=tidy("ablations"),
        notes=tidy("ablation_notes"),
    log:
        f"{RESULTS}/logs/report/ablations.log",


rule collect_choices:
    input:
        rules.selection.input,
    output:
        tidy("selections"),
    log:
        f"{RESULTS}/logs/selection/collect.log",
    group:
        joined("report", "collect_choices")
    resources:
        **asks("collect_choices"),
    params:
        kind=lambda w: shlex.join(["choices", "--defaults", json.dumps(studies.defaults(config))]),
        files=lambda w, input: input,
        code=code("mgah/report/collect.py"),
    shell:
        "{JOB} report {log} mgah.report.collect {params.kind} --output {output} {params.files} > {log} 2>&1"


use rule collect_choices as collect_sweeps with:
    input:
        rules.sweeps.input,
    output:
        tidy("sweeps"),
    log:
        f"{RESULTS}/logs/report/sweeps.log",
    params:
        kind="sweeps",
        files=lambda w, input: input,
        code=code("mgah/report/collect.py"),


use rule collect_choices as collect_trained_features with:
    input:
        [TRAINED_FEATURES.format(**fit) for fit in trained_features.fits(config)],
    output:
        tidy("trained_features"),
    log:
        f"{RESULTS}/logs/report/trained_features.log",
    params:
        kind="trained_features",
        files=lambda w, input: input,
        code=code("mgah/report/collect.py"),


use rule collect_choices as collect_measures with:
    input:
        measured(),
    output:
        tidy("measures"),
    log:
        f"{RESULTS}/logs/report/measures.log",
    params:
        kind="measures",
        files=lambda w, input: input,
        code=code("mgah/report/collect.py"),


use rule collect_choices as collect_graphs with:
    input:
        lambda w: graphs_files(),
    output:
        tidy("graphs"),
    log:
        f"{RESULTS}/logs/report/graphs.log",
    params:
        kind="graphs",
        files=lambda w, input: input,
        code=code("mgah/report/collect.py"),


use rule collect_choices as collect_semantics_notes with:
    input:
        rules.semantics.input,
    output:
        tidy("semantics_notes"),
    log:
        f"{RESULTS}/logs/semantics/collect.log",
    params:
        kind="semantics_notes",
        files=lambda w, input: input,
        code=code("mgah/report/collect.py"),


# How MGAH's trainings went, from the cards of the models.
use rule collect_choices as collect_history with:
    input:
        [fits_of(MODELS, setting, method) for setting, method in traced_methods()],
    output:
        tidy("history"),
    log:
        f"{RESULTS}/logs/hashing/history.log",
    params:
        kind="history",
        files=[
            f"{MODELS}/{bits}.json".format(**setting, method=method, split=split, seed=seed)
            for setting, method in traced_methods()
            for split, seed, bits in experiments.cells_of(config, setting, method)
        ],
        code=code("mgah/report/collect.py"),


rule render_table:
    input:
        unpack(inputs_of),
    output:
        *[reported(f"{TABLE}{suffix}", "Tables", "table") for suffix in (".md", ".csv")],
        f"{TABLE}.json",
    log:
        f"{RESULTS}/logs/report/{{name}}.log",
    group:
        joined("report", "render_table")
    resources:
        **asks("render_table"),
    params:
        words=lambda w: registry.find("outputs", w.name).docstring,
        code=code_of,
        inputs=lambda w, input: shlex.join(f"--{name}={file}" for name, file in input.items()),
        folder=subpath(output[0], parent=True),
    shell:
        "{JOB} report {log} mgah.report render {wildcards.name} {params.inputs} --output-dir {params.folder}"
        " > {log} 2>&1"


use rule render_table as render_figure with:
    output:
        *[reported(f"{FIGURE}{suffix}", "Figures", "figure") for suffix in SUFFIXES["figures"]],
    group:
        joined("report", "render_figure")
    resources:
        **asks("render_figure"),


rule render_page:
    input:
        tables(*config["outputs"]["tables"]),
        figures(*config["outputs"]["figures"]),
        ALL_SCORES,
        rules.evaluation.input,
        tidy_tables(*config["outputs"]["tables"], *config["outputs"]["figures"]),
        # stand-in vectors are marked on the page whether or not an output tells of them
        tidy("semantics_notes"),
        reference=REFERENCE,
    output:
        report(PAGE, category="Results page", labels={"file": "html"}, caption="../report/page.rst"),
        PROVENANCE,
    log:
        f"{RESULTS}/logs/report/page.log",
    group:
        joined("report", "render_page")
    resources:
        **asks("render_page"),
    params:
        code=code("mgah/report/page/__main__.py", *page_files()),
        # functions, as braces in other params are wildcards
        config=lambda w: json.dumps(settings.stated(config)),
        captions=lambda w: json.dumps(
            {name: registry.find("outputs", name).docstring for name in config["outputs"]["figures"]}
        ),
        run=subpath(output[0], parent=True),
    shell:
        "{JOB} report {log} mgah.report.page --run {params.run} --config {params.config:q} --captions {params.captions:q}"
        " --reference {input.reference} --gpus {GPUS} --files {input} > {log} 2>&1"


for shown in registry.names("outputs"):

    rule:
        name:
            shown
        input:
            tables(shown) if registry.find("outputs", shown).group == "tables" else figures(shown),
