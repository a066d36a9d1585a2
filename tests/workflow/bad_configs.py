"""The table of bad configs: a key of small.yaml, the value that it cannot have, and words of the sentence on it."""

from datetime import date

BAD_CONFIGS = [
    ("colour", "red", r"\(top level\).*'colour' was unexpected"),
    ("datasets.digits.trainig", 5, r"datasets\.digits.*'trainig' was unexpected"),
    ("datasets.digits.unreadable", "ignore", r"datasets\.digits\.unreadable: 'ignore' is not one of"),
    (
        "datasets.digits.development_splits",
        ["three", "five"],
        r"digits\.development_splits: there is no split among splits 'five', expected one of three, seven, zero",
    ),
    ("datasets.digits.development_splits", [], r"digits\.development_splits"),
    ("datasets.digits.image_size", 8193, r"digits\.image_size: 8193 is greater than the maximum of 8192"),
    ("bits", [0, 8], r"bits\.0.*less than the minimum of 1"),
    ("bits", [], r"bits"),
    ("bits", [8, 8], r"bits.*non-unique"),
    ("seeds", ["one"], r"seeds\.0.*not of type 'integer'"),
    ("data_dir", "", r"data_dir: '' should be non-empty"),
    ("name", "../escape", r"name.*does not match"),
    ("name", "x" * 300, r"name: 'x{20}'\.\.\. has 300 bytes, expected 200 at most"),
    ("methods.m" + "x" * 200, {"method": "itq"}, r"methods: 'mx{19}'\.\.\. has 201 bytes"),
    ("datasets.digits.splits", ["猫" * 67], r"datasets\.digits\.splits: '猫{20}'\.\.\. has 201 bytes"),
    # names that YAML reads as something else
    (
        "methods",
        {True: {"method": "itq"}, "sdh": {}},
        r"methods: True is not of type 'string' \(write it in quotes\)",
    ),
    (
        "methods",
        {1: {"method": "itq"}, "sdh": {}},
        r"methods: 1 is not of type 'string' \(write it in quotes\)",
    ),
    (
        "datasets.digits.semantics",
        {False: {}},
        r"semantics: False is not of type 'string' \(write it in quotes\)",
    ),
    ("backbones", {False: {}}, r"backbones: False is not of type 'string'"),
    ("methods.itq.parameters", {True: 1}, r"method itq has no parameter True: its parameters are"),
    ("datasets.digits.options", {1: 1}, r"dataset digits has no option 1: its options are none"),
    # what YAML has and JSON has not, in which jobs get options and parameters
    (
        "datasets.digits.options",
        {"since": date(2026, 1, 2)},
        r"datasets\.digits\.options\.since: datetime\.date\(2026, 1, 2\) is not of type .* \(write it in quotes\)",
    ),
    (
        "datasets.digits.semantics.mine",
        {"source": "table", "days": [{"first": date(2026, 1, 2)}]},
        r"semantics\.mine\.days\.0\.first: datetime\.date\(2026, 1, 2\) is not of type",
    ),
    (
        "backbones",
        {"pixels": {"options": {"a": b"a"}}},
        r"backbones\.pixels\.options\.a: b'a' is not of type",
    ),
    ("methods.itq.parameters", {"a": {"b"}}, r"methods\.itq\.parameters\.a: \{'b'\} is not of type"),
    (
        "methods.itq.datasets",
        {"digits": {"a": {1: 2}}},
        r"itq\.datasets\.digits\.a: 1 is not of type 'string'",
    ),
    ("methods.itq.choose", [[{"a": b"a"}]], r"methods\.itq\.choose\.0\.0\.a: b'a' is not of type"),
    (
        "ablation.variants",
        {"x": {"label": "x", "parameters": {"a": b"a"}}},
        r"variants\.x\.parameters\.a: b'a' is",
    ),
    ("seed", [0], r"'seed' was unexpected\); do you mean seeds"),
    ("bits", ["1e1"], r"bits\.0: '1e1' is not of type 'integer' \(1e1 is text in YAML: write 10\)"),
    ("bits", 8, r"bits: 8 is not of type 'array' \(write a list, \[8\]\)"),
    (
        "modules",
        ["at_12:30/mine.py"],
        r"modules: .*at_12:30/mine\.py has ':', which stands between modules in MGAH_M",
    ),
    ("modules", None, r"modules: None is not of type 'array' \(write \[\] for an empty list\)"),
    ("bits", None, r"bits: None is not of type 'array';"),
    (
        "datasets.digits.splits",
        "three",
        r"digits\.splits: 'three' is not of type 'array' \(write a list, \[three\]\)",
    ),
    (
        "experiments",
        {"dataset": "digits"},
        r"experiments: .* is not of type 'array' \(write a list, with - before each",
    ),
    (
        "methods",
        ["itq", "sdh"],
        r"methods: \['itq', 'sdh'\] is not of type 'object' \(write a block for each name, \{\}",
    ),
    ("bits", [8.0], r"bits\.0: 8\.0 is not of type 'integer'"),
    ("name", 2024, r"name: 2024 is not of type 'string' \(write it in quotes\)"),
    (
        "name",
        "mini\n",
        r"name: 'mini\\n' does not match .* \(expected small letters, digits, _ and -, and another",
    ),
    ("name", "published", r"name: 'published' does not match .* and another name than published\)"),
    (
        "datasets.digits.splits",
        ["zero one"],
        r"splits\.0: 'zero one' is not a 'name of a split' \(expected letters, digits, - and _, which stands",
    ),
    # names that become parts of paths and words of a shell
    (
        "datasets.my photos",
        {},
        r"datasets.*'my photos' does not match .* \(expected letters without accents",
    ),
    ("datasets.a/b", {}, r"datasets.*'a/b' does not match"),
    ("datasets.digits.semantics.it's", {}, r"datasets\.digits\.semantics.*\"it's\" does not match"),
    (
        "methods.itq",
        None,
        r"methods\.itq: None is not of type 'object' \(write \{\} for an empty block\)",
    ),
    ("device", "gpu", r"device: got 'gpu', expected auto, cpu, cuda, cuda:1"),
    ("device", "cuda:1\n", "device"),
    (
        "bits",
        [8, 65],
        r"experiments\.0: itq, itq_l2 at 65 bits, expected at most 64, the number of features of pixels",
    ),
    (
        "methods.dhn.parameters",
        {"lr": "1e-4"},
        r"methods\.dhn\.parameters\.lr: got '1e-4', expected a number above 0 \(.* write 0\.0001",
    ),
    (
        "methods.dhn.datasets",
        {"digits": {"epochs": 0}},
        r"dhn\.datasets\.digits\.epochs: got 0, expected an integer",
    ),
    (
        "methods.dhn.backbones",
        {"pixels": {"lr": 0}},
        r"methods\.dhn\.backbones\.pixels\.lr: got 0, expected",
    ),
    ("methods.dhn.parameters", {"epoch": 3}, r"has no parameter 'epoch': .*; do you mean epochs\?"),
    ("methods.dhm", {}, r"methods\.dhm: there is no method 'dhm': .*; do you mean sdh or dhn\?"),
    (
        "datasets.digits.semantics.word2vec",
        {},
        r"digits\.semantics\.word2vec: word2vec: got the options none, expected exactly one of file",
    ),
    (
        "datasets.digits.semantics.word2vec",
        {"file": "v.txt", "limit": 0},
        r"word2vec: option limit is 0, expected an integer of 1",
    ),
    (
        "datasets.digits.semantics.word2vec",
        {"file": 3},
        r"semantics\.word2vec\.file: got 3, expected text or null",
    ),
    (
        "datasets.digits.semantics.mine",
        {"source": ["word2vec"], "builtin": "digits"},
        r"digits\.semantics\.mine\.source: \['word2vec'\] is not of type 'string'; see",
    ),
    ("methods.simhash", {}, r"methods\.simhash: there is no method 'simhash'"),
    ("methods.fast", {"method": "simhash"}, r"methods\.fast: there is no method 'simhash'"),
    (
        "methods.itq_noise",
        {"method": "random_codes"},
        r"methods\.itq_noise: its name says that it is itq .* its method is random_codes: name it random_codes_<",
    ),
    (
        "methods.mgah_2",
        {"method": "itq"},
        r"methods\.mgah_2: its name says that it is mgah .* name it itq_<word>",
    ),
    ("methods.sdh", {"method": "itq"}, r"methods\.sdh: its name says that it is sdh or a variant"),
    (
        "methods.noise",
        {"method": "random_codes"},
        r"methods\.noise: its method random_codes is a control, .* name it random_codes_<word>",
    ),
    (
        "methods.itq.parameters",
        {"normalise": True},
        r"methods\.itq: method itq has no parameter 'normalise': its parameters are .*normalize",
    ),
    (
        "methods.mgah.parameters",
        {"network": "alexnet"},
        r"methods\.mgah: network is no parameter of an entry, expected the experiment's backbone",
    ),
    (
        "methods.mgah.datasets",
        {"digits": {"weights": "weights"}},
        r"methods\.mgah: weights is no parameter of an entry, expected backbones\.<name>\.weights",
    ),
    (
        "methods.itq.parameters",
        {"n_bits": 8},
        r"methods\.itq: n_bits is no parameter of an entry",
    ),
    (
        "methods.itq.datasets",
        {"digits": {"rounds": 1}},
        r"methods\.itq: method itq has no parameter 'rounds'",
    ),
    ("datasets.digitz", {}, r"datasets\.digitz: 'training' is a required property"),
    (
        "experiments.0.backbone",
        "vgg",
        r"experiments: there is no backbone 'vgg': expected one of alexnet",
    ),
    ("experiments.0.backbone", "contract", r"there is no backbone 'contract'"),
    (
        "backbones",
        {"pixelz": {}},
        r"backbones: there is no backbone of experiments 'pixelz', expected one of pix",
    ),
    (
        "backbones",
        {"pixels": {"backbone": "pixelz"}},
        r"backbones\.pixels: there is no backbone 'pixelz': expected one of alexnet",
    ),
    (
        "backbones",
        {"pixels": {"backbone": "torchvision:resnet51"}},
        r"backbones\.pixels: torchvision has no model 'resnet51', .*do you mean resnet",
    ),
    (
        "experiments.0.backbone",
        "torchvision:resnet50",
        r"experiments: 'torchvision:resnet50' needs a name of its own, expected one of the key backbones",
    ),
    (
        "backbones",
        {"pixels": {"weights": "w", "pretrained": "rest"}},
        r"backbones\.pixels: got weights and pretrained, expected one of them",
    ),
    (
        "backbones",
        {"pixels": {"pretrained": "rest"}},
        r"backbones\.pixels: there is no entry of pretraining 'rest'",
    ),
    ("pretraining", {"rest": {}}, r"pretraining\.rest: 'dataset' is a required property"),
    (
        "pretraining",
        {"rest": {"dataset": "imagenet"}},
        r"pretraining\.rest: there is no dataset among datasets 'imagenet'",
    ),
    ("backbones", {"../pixels": {}}, r"backbones: '\.\./pixels' does not match"),
    (
        "datasets.digits.semantics.glove",
        {},
        r"semantics: there is no source of class semantics 'glove': expected one of attributes",
    ),
    (
        "datasets.digits.semantics.wordnet.builtin",
        "digitz",
        r"\(builtin\): there is no shipped set 'digitz'",
    ),
    (
        "methods.itq.datasets",
        {"digitz": {}},
        r"methods\.itq\.datasets: there is no dataset among datasets 'digitz'",
    ),
    (
        "methods.itq.backbones",
        {"pixelz": {}},
        r"methods\.itq\.backbones: there is no backbone of experiments 'pixelz'",
    ),
    ("experiments.0.dataset", "cifar", r"experiments\.0: there is no dataset 'cifar'"),
    (
        "experiments.0.semantics",
        "bert",
        r"experiments\.0: there is no semantics of digits 'bert'",
    ),
    (
        "experiments.0.methods",
        ["ksh9"],
        r"experiments\.0\.methods: there is no method 'ksh9'",
    ),
    ("methods.itq_l2.label", "ITQ", r"methods\.itq_l2: it is called 'ITQ' as itq is, expected a label"),
    (
        "methods.mgah.parameters",
        {"trainable": "all"},
        r"methods\.mgah: trainable is all, and the backbone pixels of digits / pixels",
    ),
    (
        "methods.dhn_chosen.choose",
        [[{"trainable": "none"}, {"trainable": "head"}]],
        r"methods\.dhn_chosen\.choose: trainable decides what a job reads",
    ),
    ("experiments.0.splits", ["nine"], r"experiments\.0\.splits: there is no split of digits 'nine'"),
    (
        "experiments.1.semantics",
        "word2vec",
        r"experiments\.1: experiments\.0 runs mgah in the same setting on split three with seed 0",
    ),
    (
        "methods.itq.choose",
        [[{"rounds": 1}]],
        r"methods\.itq\.choose\.0\.0: method itq has no parameter 'rounds'",
    ),
    (
        "methods.itq.choose",
        [[{"normalize": True}], [{"iterations": 1}, {"n_bits": 8}]],
        r"methods\.itq\.choose\.1\.1: n_bits is no parameter of an entry",
    ),
    (
        "methods.itq.choose",
        [[{"iterations": 9}], [{"normalize": True}, {"iterations": 1}]],
        r"methods\.itq\.choose: the grid has 'iterations' on axes 0 and 1, expected each parameter on one axis",
    ),
    ("methods.itq.choose", [{"iterations": 1}], r"methods\.itq\.choose\.0.*not of type 'array'"),
    ("methods.itq.choose", [[{}]], r"methods\.itq\.choose\.0\.0"),
    ("methods.cosine", {}, r"methods\.cosine: cosine makes no codes.*list it under reference_lines"),
    (
        "experiments.0.reference_lines",
        ["euclid"],
        r"experiments\.0\.reference_lines: there is no reference line 'euclid', expected one of cosine",
    ),
    ("selection", {"trials": 1}, r"selection\.trials.*less than the minimum of 2"),
    (
        "selection",
        {"draws": 10},
        r"selection\.draws: split three of digits has 9 seen classes, too few to hold out 1 in each of 10 draws",
    ),
    (
        "datasets.digits.pseudo_unseen",
        5,
        r"selection\.draws: split three of digits has 9 seen classes, too few to hold out 5 in each of 2 draws",
    ),
    (
        "comparison",
        {"bits": 12},
        r"comparison\.bits: 12 is not among the code lengths of the experiments with mgah, \[8, 16, 32, 48\]",
    ),
    (
        "comparison",
        {"reference": "cosine"},
        r"comparison\.reference: there is no method 'cosine'",
    ),
    ("ablation.method", "mgah9", r"ablation: there is no method among methods 'mgah9'"),
    ("ablation.method", "cosine", r"ablation: there is no method among methods 'cosine'"),
    ("ablation.method", "dhn_chosen", r"ablation: parameters of dhn_chosen are chosen on each split"),
    (
        "ablation.variants",
        {"mgah_9": {"parameters": {}}},
        r"ablation\.variants\.mgah_9: 'label' is a required",
    ),
    (
        "ablation.variants",
        {"mgah_9": {"label": "9", "parameters": {"gamma": 1}}},
        r"ablation\.variants\.mgah_9: method mgah has no parameter 'gamma'",
    ),
    (
        "ablation.variants",
        {"itq": {"label": "9", "parameters": {"alpha": 1}}},
        r"ablation\.variants\.itq: methods has 'itq' as well",
    ),
    (
        "ablation.method",
        "itq",
        r"ablation: its method itq is not MGAH, whose variants are the default ones: give it",
    ),
    *(
        (
            "ablation.variants",
            {
                f"mgah_{number}": {"label": label, "parameters": {"alpha": number / 2}}
                for number, label in enumerate(labels)
            },
            rf"ablation\.variants\.mgah_{len(labels) - 1}: it is called '{labels[-1]}' as its method or another",
        )
        for labels in (["MGAH"], ["nine", "ten", "nine"])
    ),
    (
        "ablation.experiments.0.semantics",
        "glove",
        r"ablation\.experiments\.0: digits / pixels / glove is the setting of no experiment",
    ),
    (
        "ablation.experiments.0.splits",
        ["four"],
        r"ablation\.experiments\.0\.splits: there is no split of digits 'four', expected one of three",
    ),
    (
        "ablation.experiments",
        [{"dataset": "digits", "backbone": "pixels", "semantics": "word2vec"}] * 2,
        r"ablation\.experiments: a \(dataset, backbone, semantics\) stands there twice",
    ),
    (
        "keep_models",
        {"bits": [8, 64]},
        r"keep_models\.bits: 64 is not among the code lengths of the experiments, \[8, 16, 32, 48\]",
    ),
    (
        "keep_models",
        {"bits": [], "seeds": [1]},
        r"keep_models\.seeds: 1 is not among the seeds of the experiments, \[0\]",
    ),
    (
        "measures",
        {"ranks": [1000000], "precision_ranks": [1697, 1698]},
        r"measures\.precision_ranks: got 1,698, expected at most 1,697, the images of digits that are searched",
    ),
    ("sweeps.sizes.method", "mgah9", r"sweeps\.sizes: there is no method among methods 'mgah9'"),
    (
        "sweeps.sizes.dataset",
        "mnist",
        r"sweeps\.sizes: mnist / pixels / word2vec is the setting of no experiment",
    ),
    ("sweeps.sizes.splits", ["four"], r"sweeps\.sizes\.splits: there is no split of digits 'four'"),
    (
        "sweeps.sizes.vary",
        {"gamma": [1]},
        r"sweeps\.sizes\.vary: method mgah has no parameter 'gamma'",
    ),
    ("sweeps.sizes.vary", {"n_bits": [8]}, r"sweeps\.sizes\.vary: n_bits is no parameter of an entry"),
    ("sweeps.sizes.vary", {}, r"sweeps\.sizes\.vary"),
    (
        "sweeps.sizes.vary.alpha",
        ["high"],
        r"sweeps\.sizes\.vary\.alpha\.0: 'high' is not of type 'number'",
    ),
    (
        "sweeps.sizes.vary.training",
        [100, 501],
        r"sweeps\.sizes\.vary\.training: got 501, expected integers from 9 to 500",
    ),
    (
        "sweeps.sizes.vary.training",
        [100, 8],
        r"vary\.training: got 8, expected integers from 9 to 500, an image of each seen class",
    ),
    ("sweeps.sizes.vary.training", [9.5], r"vary\.training: got 9\.5, expected integers from 9"),
    ("sweeps.sizes.vary.bits", [0], r"vary\.bits: got 0, expected integers from 1 to 512"),
    ("outputs.tables", ["table9"], r"outputs\.tables: there is no table 'table9'"),
]
