// A slider for each criterion; what is shown beside it is its share of a score, since weights count by each other alone.
import { Button } from "../../ui/act";
import { Part } from "../../ui/screen";
import { useWords } from "../../words";
import type { Found, Weights } from "./asking";

export function Sliders({
  found,
  weights,
  change,
}: {
  found: Found;
  weights: Weights;
  change: (weights: Weights) => void;
}) {
  const { t, word, percent } = useWords();
  const shares = found.before.weights as Weights;
  const all: Weights = { ...shares, ...weights };
  const whole = Object.values(all).reduce((sum, one) => sum + one, 0) || 1;
  return (
    <Part title={t("weights")}>
      {Object.entries(all).map(([name, weight]) => (
        <label key={name} className="slider">
          <span>{t("weight_of", { name: word(name), share: percent((100 * weight) / whole) })}</span>
          <input
            type="range"
            min={0}
            max={1}
            step={0.01}
            value={weight}
            aria-valuetext={percent((100 * weight) / whole)}
            // All of them are sent with the first that is moved: what the policy weighs are no shares.
            onChange={({ target }) => change({ ...all, [name]: Number(target.value) })}
          />
        </label>
      ))}
      <Button className="plain" disabled={Object.keys(weights).length === 0} onClick={() => change({})}>
        {t("weights_back")}
      </Button>
    </Part>
  );
}
