"""What pandas makes of two small tables: python pandas_figures.py > pandas-figures.json (pandas 3.1.1)."""
import json
import numpy as np
import pandas as pd

pupils = pd.DataFrame({
    "id": [1, 2, 3, 4, 5, 6],
    "school": ["north", "south", "north", "west", "south", "south"],
    "score": [12.5, 9.0, np.nan, 7.25, 15.0, 9.0],
    "age": [11, 12, 11, 13, 12, 11],
})
visits = pd.DataFrame({"id": [2, 2, 3, 5, 7, 5], "cost": [10.0, 12.5, np.nan, 3.0, 4.0, 8.0]})
rng = np.random.default_rng(3)
many = pd.DataFrame({"g": rng.choice(list("abcd"), 400), "h": rng.choice(["u", "v"], 400), "x": rng.normal(size=400).round(3)})
many.loc[rng.choice(400, 30, replace=False), "x"] = np.nan


def columns(frame):
    frame = frame.reset_index(drop=True)
    out = {}
    for name in frame.columns:
        values = frame[name].astype(object).tolist()
        out[str(name)] = [None if isinstance(v, float) and np.isnan(v) else v for v in values]
    return out


def join(how):
    return columns(pupils.merge(visits, on="id", how=how).sort_values(["id", "cost"], na_position="last", kind="stable"))


long = pupils.melt(id_vars=["id", "school"], value_vars=["score", "age"])
group = many.groupby(["g", "h"])["x"]
summary = group.agg(n="size", known="count", mean="mean", sd="std", median="median", low=lambda v: v.quantile(0.1),
                    distinct=lambda v: v.nunique()).reset_index()
scaled = many.assign(z=many.groupby("g")["x"].transform(lambda v: (v - v.mean()) / v.std()),
                     previous=many.groupby("h")["x"].shift(1), total=many["x"].fillna(0).cumsum(),
                     later=many["x"].shift(-2))
known = many["x"].dropna()
figures = {
    "pandas": pd.__version__,
    "pupils": columns(pupils), "visits": columns(visits), "many": columns(many),
    "joins": {how: join(how) for how in ["inner", "left", "right", "outer"]},
    "semi": pupils[pupils["id"].isin(visits["id"])]["id"].tolist(),
    "anti": pupils[~pupils["id"].isin(visits["id"])]["id"].tolist(),
    "long": columns(long.sort_values(["id", "variable"], ascending=[True, False], kind="stable")),
    "sorted": pupils.sort_values(["school", "score"], ascending=[True, False], kind="stable")["id"].tolist(),
    "summary": columns(summary),
    "cross": {"counts": pd.crosstab(many["g"], many["h"]).values.tolist(),
              "rows": pd.crosstab(many["g"], many["h"], normalize="index").values.tolist(),
              "columns": pd.crosstab(many["g"], many["h"], normalize="columns").values.tolist(),
              "all": pd.crosstab(many["g"], many["h"], normalize="all").values.tolist()},
    "cut": {"right": pd.cut(known, [-3, -1, 0, 0.5, 4], include_lowest=True).cat.codes.tolist(),
            "left": pd.cut(known, [-3, -1, 0, 0.5, 4], right=False).cat.codes.tolist(),
            "quarters": pd.qcut(known, 4).cat.codes.tolist(), "known": known.tolist()},
    "scaled": columns(scaled[["z", "previous", "total", "later"]]),
    "distinct": columns(many[["g", "h"]].drop_duplicates()),
    "filled": {"down": columns(many[["x"]].ffill()), "median": columns(many[["x"]].fillna(many["x"].median())),
               "mean": columns(many[["x"]].fillna(many["x"].mean()))},
    "hot": columns(pd.get_dummies(pupils["school"]).astype(int)),
    "stacked": columns(pd.concat([pupils, pupils.head(2)])),
    "described": known.describe().tolist(),
    "csv": pupils.to_csv(index=False, na_rep="NA"),
    "days": [(pd.Timestamp(d) - pd.Timestamp("1970-01-01")).days for d in ["2024-02-29", "1969-12-31", "2026-11-22", "1600-03-01"]],
    "weekdays": [pd.Timestamp(d).isoweekday() for d in ["2024-02-29", "1969-12-31", "2026-11-22"]],
    "day_of_year": [pd.Timestamp(d).day_of_year for d in ["2024-02-29", "1969-12-31", "2026-11-22"]],
}
print(json.dumps(figures))
