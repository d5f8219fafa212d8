"""Makes src/GenAiCostPortal.Ledger/Prices/prices.json from a file of collected price facts.

    python3 build/price-book.py bedrock-prices.json src/GenAiCostPortal.Ledger/Prices/prices.json

Prices are USD per million tokens. Rules, in the order they are applied:
  * A row without any price, and "0 in and 0 out", are no price (unknown is not zero).
  * Where two public lists contradict each other, the one read later wins; the rows left out are listed with the reason.
  * A model whose geographic profile costs more than its bare id: the bare price is the global one, the profile's price is
    what AWS bills in region and in a geography. Other models have one price for every routing.
  * A quote without cache prices takes them from a list row of the same model and routing when the shared prices agree.
  * Half price for batch is arithmetic, not a quote: such rows say "derived".
"""
import json
import sys

KINDS = ["input", "cacheRead", "cacheWrite5m", "cacheWrite30m", "cacheWrite1h", "output"]
AREAS = {"us": "us-*", "eu": "eu-*", "apac": "ap-*", "jp": "ap-northeast-*", "au": "ap-southeast-*"}
SKIP = {
    "claude-sonnet-4-5-20250929-v1:0": "same model as anthropic.claude-sonnet-4-5-20250929-v1:0, listed without its maker",
    "anthropic.claude-haiku-4-5@20251001": "same model as anthropic.claude-haiku-4-5-20251001-v1:0",
    "anthropic.claude-3-7-sonnet-20240620-v1:0": "no such model; a slip for anthropic.claude-3-7-sonnet-20250219-v1:0",
    "moonshot.kimi-k2-thinking": "same model as moonshotai.kimi-k2-thinking",
    "openai.gpt-oss-120b": "same model as openai.gpt-oss-120b-1:0",
    "openai.gpt-oss-20b": "same model as openai.gpt-oss-20b-1:0",
    "twelvelabs.marengo-embed-2-7-v1:0": "billed by seconds and images; the token price is implausible",
}


def kinds(row, prefix=""):
    get = lambda name: row.get(f"{prefix}{name}")
    out = {
        "input": get("input_per_1m"), "cacheRead": get("cache_read_per_1m"),
        "cacheWrite5m": get("cache_write_5m_per_1m") if get("cache_write_5m_per_1m") is not None else get("cache_write_per_1m"),
        "cacheWrite1h": get("cache_write_1h_per_1m"), "output": get("output_per_1m"),
    }
    return {k: v for k, v in out.items() if v is not None}


def finish(model, mode, price):
    if mode == "embedding" and price.get("output") == 0:
        del price["output"]
    if "amazon.nova" in model and "cacheRead" in price:
        price.setdefault("cacheWrite5m", 0)  # Nova writes to the cache at no charge.
    if model.startswith("openai.") and "cacheWrite5m" in price:
        price["cacheWrite30m"] = price["cacheWrite5m"]  # OpenAI models on Bedrock have one cache, of 30 minutes.
    return price


def no_price(price):
    return not any(v for k, v in price.items())


def main(source_path, target_path):
    data = json.load(open(source_path, encoding="utf-8"))
    rows, left_out = [], []

    def add(model, price, source, read, **more):
        row = {"model": model, **{k: v for k, v in more.items() if v}, "source": source, "read": read}
        row.update({k: price[k] for k in KINDS if k in price})
        rows.append(row)

    def add_with_batch(model, price, source, read, batch=None, **more):
        add(model, price, source, read, **more)
        if batch:
            add(model, batch, source, read, tier="batch", **more)
        else:
            half = {k: round(price[k] / 2, 9) for k in ("input", "output") if k in price}
            if half:
                add(model, half, "derived", read, tier="batch", **{**more, "note": f"half of on demand ({source}); not quoted"})

    def leave(model, source, why):
        left_out.append({"model": model, "source": source, "why": why})

    lite_date = data["sources"]["litellm"]["date"]
    genai_date = data["sources"]["genai-prices"]["date"]

    genai = {}
    for g in data["genai_prices_rows"]:
        genai.setdefault(g["model_id"], []).append(g)

    def plain(g):
        return kinds({k: (v["base"] if isinstance(v, dict) and "base" in v else v) for k, v in g.items()})

    def long(g):
        return kinds({k: v["tiers"][0]["price"] for k, v in g.items() if isinstance(v, dict) and "tiers" in v})

    models = {}
    for r in data["on_demand"]:
        models.setdefault(r["base_model_id"], []).append(r)

    listed = {}  # (model, scope) -> standard prices, to complete quotes
    for base, group in sorted(models.items()):
        if base in SKIP:
            leave(base, "litellm", SKIP[base])
            continue
        mode = group[0]["mode"]
        # A runtime id wins over the same id on the OpenAI-compatible endpoint.
        group = sorted(group, key=lambda r: r["litellm_key"] != r["model_id"])
        general = next((r for r in group if not r.get("region") and not r.get("inference_profile_scope")), None)
        geos = {}
        for r in group:
            if r.get("inference_profile_scope"):
                geos.setdefault(r["inference_profile_scope"], r)
        first = general or geos.get("global") or geos.get("us") or next(iter(geos.values()), None)
        if first is None or no_price(kinds(first)):
            leave(base, "litellm", "no token price" if first is None or not kinds(first) else "0 in and 0 out is no price")
            continue
        main_price = kinds(first)

        # Undated genai rows contradict: the later list wins.
        other = next((g for g in genai.get(base, []) if "constraint" not in g), None)
        dated = [g for g in genai.get(base, []) if "constraint" in g]
        if other and not dated and any(plain(other).get(k) != main_price.get(k) for k in ("input", "output") if k in plain(other) and k in main_price):
            leave(base, "litellm", f"contradicted by genai-prices, read later ({main_price.get('input')}/{main_price.get('output')})")
            price = finish(base, mode, plain(other))
            add_with_batch(base, price, "genai-prices", other.get("prices_checked", genai_date))
            listed[base, None] = price
            continue

        geo_main = geos.get("us") or geos.get("eu")
        premium = geo_main is not None and kinds(geo_main).get("input", 0) > main_price.get("input", 0) * 1.05
        regional = kinds(geo_main) if premium else main_price
        starts = None
        if dated:
            starts = dated[0]["constraint"]["start_date"]
            if plain(dated[0])["input"] == main_price["input"] and other:
                earlier = finish(base, mode, plain(other))
                add_with_batch(base, earlier, "genai-prices", other.get("prices_checked", genai_date))
            else:
                starts = None

        def standard(r, price, scope=None, region=None):
            batch = kinds(r, "batch_") if "batch_input_per_1m" in r else None
            fill = next((plain(g) for g in genai.get(base, []) if region is None and "constraint" not in g
                         and all(plain(g).get(k) == price.get(k) for k in ("input", "output"))), {})
            note = "cache prices from genai-prices, whose input and output agree" if set(fill) - set(price) else None
            price = finish(base, mode, {**fill, **price})
            add_with_batch(base, price, "litellm", lite_date, batch=batch, scope=scope, region=region, note=note, **{"from": starts})
            over = r.get("long_context_over_200k")
            if over:
                add(base, finish(base, mode, kinds(over)), "litellm", lite_date, scope=scope, region=region, band="long", longOver=200000)

        if premium:
            standard(first, main_price, scope="global")
            standard(geo_main, regional, scope="inRegion")
            listed[base, "global"], listed[base, "inRegion"] = finish(base, mode, dict(main_price)), finish(base, mode, dict(regional))
        else:
            standard(first, main_price)
            listed[base, None] = finish(base, mode, dict(main_price))
        for g in genai.get(base, []):
            if long(g):
                add(base, finish(base, mode, long(g)), "genai-prices", g.get("prices_checked", genai_date), band="long", longOver=272000,
                    **{"from": g.get("constraint", {}).get("start_date")})

        for geo, r in geos.items():
            price = kinds(r)
            if geo == "global" or no_price(price):
                continue
            same = all(price.get(k) == regional.get(k) for k in ("input", "output"))
            if geo == "us-gov":
                for region in ("us-gov-west-1", "us-gov-east-1"):
                    if not any(x.get("region") == region for x in group):
                        standard(r, price, scope="inRegion" if premium else None, region=region)
            elif not same and base.startswith("anthropic."):
                leave(r["model_id"], "litellm", f"{price['input']}/{price['output']} contradicts the other geographies and genai-prices")
            elif not same:
                standard(r, price, scope="geographic", region=AREAS[geo])
        seen = set()
        for r in group:
            price, region = kinds(r), r.get("region")
            if not region or region in seen or no_price(price):
                continue
            seen.add(region)
            if all(price.get(k) == regional.get(k) for k in ("input", "output")):
                continue
            standard(r, price, scope="inRegion" if premium else None, region=region)

    # Models and dated prices that only the other public list has.
    known = {r["model"] for r in rows}
    for model, group in sorted(genai.items()):
        bare = model.removeprefix("regional.").removeprefix("global.")
        names = {bare, bare.removesuffix("-v1:0"), bare.removesuffix("-v1:0") + "-v1", bare + "-v1:0", bare.removesuffix(":0")}
        names |= {k for k in known if k.startswith(bare.removesuffix("-v1:0") + "-20")}
        hit = sorted(names & known)
        scope = "global" if model.startswith("global.") else "inRegion" if model.startswith("regional.") else None
        for g in group:
            if hit and (model == hit[0] or "constraint" not in g):
                continue
            add_with_batch(hit[0] if hit else bare, finish(bare, "chat", plain(g)), "genai-prices", g.get("prices_checked", genai_date),
                           scope=scope, **{"from": g.get("constraint", {}).get("start_date")})

    for r in data["aws_price_list_rows_per_1m"]:
        model, region = r["model_id"], r["region"]
        read = data["sources"][r["source"]]["date"]
        has_global = model.startswith("amazon.nova-2-lite")
        scope = "inRegion" if has_global else None
        mode = "embedding" if "embedding" in model else "chat"
        if "standard_input" in r:
            price = {"input": r.get("standard_input"), "output": r.get("standard_output"), "cacheRead": r.get("cache_read_input"), "cacheWrite5m": r.get("cache_write_input")}
            add(model, finish(model, mode, {k: v for k, v in price.items() if v is not None}), "aws-price-list", read, scope=scope, region=region)
        for tier in ("batch", "priority", "flex"):
            if f"{tier}_input" in r:
                price = {"input": r[f"{tier}_input"], "output": r.get(f"{tier}_output")}
                add(model, {k: v for k, v in price.items() if v is not None}, "aws-price-list", read, scope=scope, region=region, tier=tier)
        if "global_input" in r:
            price = {"input": r["global_input"], "output": r["global_output"]}
            note = None
            list_row = listed.get((model, "global"), {})
            if all(list_row.get(k) == v for k, v in price.items()):
                price, note = dict(list_row), "cache prices from litellm, whose input and output agree"
            add(model, price, "aws-price-list", read, scope="global", region=region, note=note)

    for r in data["aws_price_list_quotes"]:
        raw = r["model_id"].split(" ")[0]
        if raw.startswith("amazon.nova-pro"):
            leave(raw, "aws-quote", "from a test fixture, without an input price")
            continue
        geo = raw.startswith("us.")
        model = raw.removeprefix("us.")
        model = next((m for m in (model, model + "-v1:0") if any(k[0] == m for k in listed)), model)
        price, note = kinds(r), None
        for scope in ("inRegion", None):
            list_row = listed.get((model, scope))
            if list_row and all(list_row.get(k) == v for k, v in price.items()):
                price, note = {**list_row, **price}, "prices not quoted are from litellm, whose other prices agree"
                break
        add(model, finish(model, "chat", price), "aws-quote", r.get("read", r.get("published")), scope="inRegion" if geo else None, region=r["region"],
            note=note, **{"from": r["effective"]})

    book = {
        "version": data["assembled"], "currency": "USD", "unit": "USD per million tokens",
        "sources": {
            "aws-price-list": data["sources"]["aws-price-list-2026-09-17"]["what"].split(" (")[0] + ", from the AWS Price List of 2026-09-17",
            "aws-quote": "AWS Price List, quoted publicly (pricing get-products)",
            "litellm": data["sources"]["litellm"]["what"],
            "genai-prices": data["sources"]["genai-prices"]["what"],
            "derived": "arithmetic from a listed price; not quoted by anyone",
        },
        "leftOut": left_out,
    }
    with open(target_path, "w", encoding="utf-8", newline="\n") as target:
        head = json.dumps(book, indent=1)
        target.write(head[:-2] + ',\n "prices": [\n')
        target.write(",\n".join("  " + json.dumps(r) for r in rows))
        target.write("\n ]\n}\n")
    print(len(rows), "rows,", len({r['model'] for r in rows}), "models,", len(left_out), "left out")


main(*sys.argv[1:])
