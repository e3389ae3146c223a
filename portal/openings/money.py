"""Money: whole minor units of an ISO 4217 currency, never a fraction and never without its currency (R39)."""

from dataclasses import dataclass
from decimal import Decimal

from portal import bounds
from portal.codes import minor_digits
from portal.errors import InvalidInput
from portal.openings.enums import PayInterval


@dataclass(frozen=True, slots=True)
class Money:
    """An amount: 17250000 USD are 172,500.00 dollars, 5000000 JPY are five million yen."""

    minor_units: int
    currency: str

    def __post_init__(self) -> None:
        bounds.minor_units(self.minor_units, path="minorUnits")
        bounds.currency(self.currency, path="currency")

    @property
    def amount(self) -> Decimal:
        """The amount in whole units of the currency, exactly."""
        return Decimal(self.minor_units).scaleb(-minor_digits(self.currency))


@dataclass(frozen=True, slots=True)
class PayRange:
    """From one amount to another for each interval; one end may be open, and both are of one currency."""

    minimum: Money | None
    maximum: Money | None
    interval: PayInterval

    def __post_init__(self) -> None:
        ends = [end for end in (self.minimum, self.maximum) if end is not None]
        if not ends or not any(end.minor_units for end in ends):
            raise InvalidInput("A range of pay needs an amount above zero.", path=("minimumMinor",))
        if len({end.currency for end in ends}) > 1:
            raise InvalidInput("Both ends of a range of pay are in one currency.", path=("currency",))
        if len(ends) == 2 and ends[0].minor_units > ends[1].minor_units:
            raise InvalidInput("The maximum must not be below the minimum.", path=("maximumMinor",))


def money_of(amount: Decimal, currency: str) -> Money:
    """The money that an amount in whole units is; refuses what the currency has no coin for."""
    code = bounds.currency(currency, path="currency")
    if not amount.is_finite() or abs(amount.adjusted()) > bounds.MOST_AMOUNT_DIGITS:
        raise InvalidInput("This is not an amount of money.", path=("amount",))
    scaled = amount.scaleb(minor_digits(code))
    if scaled != scaled.to_integral_value():
        raise InvalidInput(f"{code} has {minor_digits(code)} digits after the decimal point.", path=("amount",))
    return Money(int(scaled), code)
