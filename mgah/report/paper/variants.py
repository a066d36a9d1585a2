"""The variants of the paper's method that its Table 3 shows; without pandas, as the workflow reads it."""

#: The variants of the paper's Table 3, and MGAH without its graph; softmax, which is beta = 1, is trained once.
TABLE3 = {
    "mgah_1": {"label": "MGAH-1", "parameters": {"beta": [1, 1]}},
    "mgah_2": {"label": "MGAH-2", "parameters": {"alpha": 0.0}},
    "mgah_3": {"label": "MGAH-3", "parameters": {"alpha": 1.0}},
    "mgah_4": {"label": "MGAH-4", "parameters": {"graph_layer": "average"}},
    "mgah_5": {"label": "MGAH-5", "parameters": {"lambda_": 0.0}},
    "mgah_graph_off": {"label": "MGAH, graph off", "parameters": {"lambda_": 1.0}},
} | {
    f"mgah_beta{beta}": {"label": f"MGAH, β = {beta}", "parameters": {"beta": [beta, beta]}}
    for beta in (2, 3, 4, 5)
}

#: A fixed margin of 1 is the softmax loss: one training, shown as both.
SOFTMAX, BETA_ONE = "mgah_1", "mgah_beta1"
#: Trainings with a fixed margin, beta from 1 to 5.
FIXED_MARGINS = (SOFTMAX, *(f"mgah_beta{number}" for number in range(2, 6)))


def is_margin(method: str) -> bool:
    """Whether the config word ``method`` is shown among the fixed margins."""
    number = method.removeprefix("mgah_beta")
    return number != method and number.isdecimal()
