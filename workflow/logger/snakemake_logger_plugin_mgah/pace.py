"""Which jobs of a run are done, and how long the others will take."""

from collections import Counter
from collections.abc import Mapping
from statistics import fmean


class Pace:
    """Jobs planned, at work and done. Times are in seconds, of any one clock."""

    def __init__(self) -> None:
        self.planned: Counter[str] = Counter()
        self.stages: dict[str, str] = {}
        self.running: dict[int, float] = {}
        self.done: set[int] = set()
        self._rules: dict[int, str] = {}
        self._durations: dict[str, list[float]] = {}
        self._began: float | None = None

    def plan(self, planned: Mapping[str, int], stages: Mapping[str, str]) -> None:
        """Count the ``planned`` jobs by rule, and no others; a rule without a stage is one of its own."""
        self.planned, self.stages = Counter(planned), dict(stages)

    def start(self, job: int, rule: str, now: float) -> None:
        """A job begins, or begins again."""
        if rule in self.planned:
            self._began = now if self._began is None else self._began
            self._rules[job] = rule
            self.running[job] = now

    def finish(self, job: int, now: float) -> None:
        """A job is done."""
        began = self.running.pop(job, None)
        if began is not None:
            self.done.add(job)
            self._durations.setdefault(self._rules[job], []).append(now - began)

    def fail(self, job: int) -> None:
        """A job is at work no longer, and not done."""
        self.running.pop(job, None)

    def complete(self) -> bool:
        """Whether all planned jobs are done."""
        return len(self.done) >= self.planned.total() > 0

    def longest(self, now: float) -> tuple[int | None, float]:
        """The job that has been at work longest and when it began; None and ``now`` where none is."""
        return min(self.running.items(), key=lambda item: item[1], default=(None, now))

    def elapsed(self, now: float) -> float:
        """Seconds since the first job began."""
        return 0.0 if self._began is None else now - self._began

    def left(self, now: float) -> float | None:
        """Seconds left, None before the first job is done.

        A job takes the mean of its rule, or of all jobs where none of its rule is done. As many jobs run at a time as
        did so far: the seconds that jobs took by the seconds that passed.
        """
        durations = [seconds for found in self._durations.values() for seconds in found]
        ages = {job: now - began for job, began in self.running.items()}
        worked = sum(durations) + sum(ages.values())
        if not durations or worked <= 0:
            return None
        overall = fmean(durations)
        means = {rule: fmean(self._durations.get(rule, [overall])) for rule in self.planned}
        begun = Counter(self._rules[job] for job in self.done | self.running.keys())
        waiting = sum(mean * max(self.planned[rule] - begun[rule], 0) for rule, mean in means.items())
        at_work = sum(max(means[self._rules[job]] - age, 0.0) for job, age in ages.items())
        return (waiting + at_work) * self.elapsed(now) / worked

    def stages_at_work(self) -> str:
        """The stages at work, each with its jobs done and all its jobs."""
        total: Counter[str] = Counter()
        for rule, count in self.planned.items():
            total[self._stage(rule)] += count
        done = Counter(self._stage(self._rules[job]) for job in self.done)
        at_work = dict.fromkeys(self._stage(self._rules[job]) for job in sorted(self.running))
        return ", ".join(f"{stage} {done[stage]}/{total[stage]}" for stage in at_work)

    def rate(self, now: float) -> str:
        """Jobs by time, and the time left, in words."""
        elapsed, left = self.elapsed(now), self.left(now)
        if left is None or elapsed <= 0:
            return "time left not known yet"
        return f"{60 * len(self.done) / elapsed:.3g} jobs/min, {clock(left)} left"

    def _stage(self, rule: str) -> str:
        return self.stages.get(rule, rule)


def clock(seconds: float) -> str:
    """Seconds as ``h:mm:ss``, or ``m:ss`` under an hour."""
    minutes, seconds = divmod(round(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02d}:{seconds:02d}" if hours else f"{minutes}:{seconds:02d}"
