# Pretraining: a backbone from scratch, on classes that the experiment does not use.
PRETRAINED = f"{RESULTS}/pretraining/{{pretraining}}/weights"
# GPUs that one process may start others for: those of a machine.
NODE_GPUS = min(GPUS, NODES.most_gpus) if NODES else GPUS


def pretraining_options(wildcards):
    """Command line options of the job's block of the config."""
    block = config["pretraining"][wildcards.pretraining]
    return " ".join(
        option(f"--{key.replace('_', '-')}", str(block[key])) for key in sorted(block) if key != "dataset"
    )


rule pretraining:
    input:
        expand(f"{PRETRAINED}.safetensors", pretraining=config["pretraining"]),


# A checkpoint beside the outputs lets a killed job go on. On several cards torchrun starts one process for each.
rule pretrain:
    input:
        card=lambda w: DATASET.format(dataset=config["pretraining"][w.pretraining]["dataset"]),
    output:
        weights=f"{PRETRAINED}.safetensors",
        card=f"{PRETRAINED}.json",
    log:
        f"{RESULTS}/logs/pretraining/{{pretraining}}.log",
    threads: MANY
    resources:
        **asks("pretrain", gpus=lambda w: gpus(config["device"], most=max(NODE_GPUS, 1))),
        nodes=1,
    params:
        options=pretraining_options,
        raw=lambda w: raw(
            raw_data.of_pretraining(config, w.pretraining), raw_data.declared("semantics", "wordnet")
        ),
        code=code("mgah/pretraining/__main__.py"),
    shell:
        "module=mgah.pretraining;"
        " if [[ {DEVICE} =~ ^(auto|cuda)$ ]] &&"
        " {PYTHON} -c 'import sys, torch; sys.exit(torch.cuda.device_count() < 2)'; then"
        ' module="torch.distributed.run --standalone --nproc-per-node=gpu -m $module"; fi;'
        " {ON_GPUS} {resources.gpu} {JOB} deep_training {log} $module --dataset-card {input.card} --data-dir {DATA_DIR} {params.options}"
        " --output {output.weights} --device {DEVICE} --threads {threads} > {log} 2>&1"
