"""The generator of Steele, Lea and Flood (OOPSLA 2014), as the crate draws from it; for the scripts here."""

MASK = 2**64 - 1


class SplitMix64:
    def __init__(self, seed):
        self.state = seed

    def next(self):
        self.state = (self.state + 0x9E3779B97F4A7C15) & MASK
        z = self.state
        z = ((z ^ (z >> 30)) * 0xBF58476D1CE4E5B9) & MASK
        z = ((z ^ (z >> 27)) * 0x94D049BB133111EB) & MASK
        return z ^ (z >> 31)

    def unit(self):
        """In [0, 1), a multiple of 2**-53."""
        return (self.next() >> 11) / 2**53

    def below(self, n):
        """Lemire 2019, doi 10.1145/3230636."""
        while True:
            product = self.next() * n
            if product % 2**64 >= 2**64 % n:
                return product >> 64

    def shuffle(self, values):
        for last in range(len(values) - 1, 0, -1):
            other = self.below(last + 1)
            values[last], values[other] = values[other], values[last]
