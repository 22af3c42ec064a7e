#!/bin/sh
# Runs the workflow on two models and two data sets in eight shards, with one shard killed in the
# middle, and compares its tables with those of runs that were not divided, byte for byte.
#
#   workflow/check.sh SHARED [PROTATTN [SNAKEMAKE]]
#
# SHARED holds reference/models/{bert,xlnet} and data/provis/*.lmdb. Tried with Snakemake 9.
set -eu

shared=$1
here=$(cd "$(dirname "$0")" && pwd)
protattn=$(command -v "${2:-protattn}")
snakemake=${3:-snakemake}
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"

arguments="--max-tokens 130 --min-arcs 20 --bootstrap 100 --null shuffle-sequence --per-protein"
# A shard whose first attempt is killed once it has saved something, and each file of it that is there
# when it is started again.
cat > protattn <<EOF
#!/bin/sh
case "\$*" in
*" --shard 3/8 "*)
    for output; do :; done
    if [ ! -e killed ]; then
        touch killed
        "$protattn" "\$@" --save-every 0.01 &
        run=\$!
        until ls "\$output"/saved/*.part > /dev/null 2>&1; do sleep 0.01; done
        kill -9 \$run
        wait \$run || exit 1
    fi
    ls "\$output/saved" >> resumed || true
    ;;
esac
exec "$protattn" "\$@"
EOF
chmod +x protattn

sets=$(ls -d "$shared"/data/provis/*.lmdb)
first=$(echo "$sets" | sed -n 1p)
second=$(echo "$sets" | sed -n 2p)
cat > config.yaml <<EOF
protattn: $work/protattn
output: results
models:
  bert: {model: $shared/reference/models/bert}
  xlnet: {model: $shared/reference/models/xlnet}
data:
  first: {paths: [$first]}
  both: {paths: [$first, $second], args: "--limit 900"}
shards: 8
args: "$arguments"
threads: 1
EOF

"$snakemake" --snakefile "$here/Snakefile" --configfile config.yaml --cores 2 > log 2>&1 || {
    cat log
    exit 1
}
grep -q '\.part$' resumed || { echo "no shard was killed and went on"; exit 1; }

for model in bert xlnet; do
    for data in first both; do
        case $data in
        first) of="$first" ;;
        both) of="$first $second --limit 900" ;;
        esac
        # Words are meant to be split here.
        "$protattn" align --model "$shared/reference/models/$model" --data $of $arguments \
            --output "whole/$model.$data" --no-figures 2> whole.log || { cat whole.log; exit 1; }
        for table in "whole/$model.$data"/*.parquet; do
            cmp "$table" "results/$model.$data/$(basename "$table")"
        done
        echo "$model on $data: $(ls "whole/$model.$data"/*.parquet | wc -l) tables are the same"
    done
done
test -s results/comparison/comparison.html
