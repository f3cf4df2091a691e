"""The generator reads operations and parameters from the Python SDK's source."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tools.contract.operations import Operation
    from tools.contract.python_modules import PythonPackage

MakeSdk = Callable[[Mapping[str, str]], "PythonPackage"]

V1 = """
_subservices = {"things": ["stripe._thing_service", "ThingService"]}
class V1Services(StripeService): ...
"""
V2 = "class V2Services(StripeService): ..."
SERVICE = """
from stripe.params._thing_create_params import ThingCreateParams
class ThingService(StripeService):
    def create(self, params: Optional["ThingCreateParams"] = None, options=None) -> "Thing":
        return cast("Thing", self._request(
            "post", "/v1/things", base_address="api", params=params, options=options,
        ))
    async def create_async(self, params: Optional["ThingCreateParams"] = None) -> "Thing": ...
"""
PARAMETERS = "from stripe._request_options import RequestOptions\n"


@pytest.fixture
def fields(
    python_sdk: MakeSdk,
) -> Callable[[str], tuple[dict[str, str], dict[str, dict[str, str]]]]:
    """Reads the source of one class of parameters: its fields, and the structures they use."""
    from tools.contract.operations import read_operations
    from tools.contract.parameters import ParameterReader

    def read(source: str) -> tuple[dict[str, str], dict[str, dict[str, str]]]:
        package = python_sdk(
            {
                "_v1_services.py": V1,
                "_v2_services.py": V2,
                "_thing_service.py": SERVICE,
                "params/_thing_create_params.py": PARAMETERS + source,
            }
        )
        reader = ParameterReader()
        operation = read_operations(package, reader)["POST /v1/things"]
        return operation.parameters, reader.structures

    return read


Read = Callable[[str], tuple[dict[str, str], dict[str, dict[str, str]]]]


class TestParameters:
    @pytest.mark.parametrize(
        ("annotation", "written"),
        [
            ("NotRequired[str]", "string"),
            ("NotRequired[bool]", "boolean"),
            ("NotRequired[float]", "number"),
            ("NotRequired[Decimal]", "decimal"),
            ("NotRequired[Any]", "binary"),
            ("NotRequired[List[str]]", "[string]"),
            ("NotRequired[\"Literal['']|str\"]", "'' | string"),
            ("NotRequired[\"Literal['']|List[str]\"]", "'' | [string]"),
            # An open enum is an enum …
            ("NotRequired[\"Literal['a', 'b']|str\"]", "'a' | 'b'"),
            ("NotRequired[\"Literal['']|Literal['a']|str\"]", "'' | 'a'"),
            ("NotRequired[List[Union[Literal['a', 'b'], str]]]", "['a' | 'b']"),
            # … and so it is beside another type.
            (
                "NotRequired[\"bool|Literal['one_off', 'recurring']|str\"]",
                "'one_off' | 'recurring' | boolean",
            ),
            ("NotRequired[Union[Literal['inf'], int]]", "'inf' | integer"),
            # A map comes in two forms at once.
            ("NotRequired['Dict[str, str]|UntypedStripeObject[str]']", "{string}"),
            (
                "NotRequired[\"Literal['']|Dict[str, str]|UntypedStripeObject[str]\"]",
                "'' | {string}",
            ),
            (
                "NotRequired['Dict[str, Optional[str]]|UntypedStripeObject[Optional[str]]']",
                "{string | null}",
            ),
            (
                "NotRequired[\"Literal['']|Dict[str, Union[Literal[''], List[int]]]"
                "|UntypedStripeObject[Union[Literal[''], List[int]]]\"]",
                "'' | {'' | [integer]}",
            ),
        ],
    )
    def test_a_type_is_written_in_the_notation(
        self, fields: Read, annotation: str, written: str
    ) -> None:
        parameters, _ = fields(f"class ThingCreateParams(RequestOptions):\n    x: {annotation}\n")
        assert parameters == {"x": written}

    def test_what_must_be_given_is_marked(self, fields: Read) -> None:
        parameters, _ = fields(
            "class ThingCreateParams(TypedDict):\n    b: str\n    a: NotRequired[str]\n"
        )
        assert list(parameters.items()) == [("a", "string"), ("b!", "string")]

    def test_request_options_are_no_parameters(self, fields: Read) -> None:
        # The class of the options is not even there to be read.
        parameters, _ = fields(
            "class ThingCreateParams(RequestOptions):\n    name: NotRequired[str]\n"
        )
        assert parameters == {"name": "string"}

    def test_keywords_hide_in_functional_dictionaries(self, fields: Read) -> None:
        parameters, structures = fields(
            """
_ThingCreateParamsBase = TypedDict(
    "ThingCreateParams", {"from": "ThingCreateParamsFrom", "in": NotRequired[str]},
)
class ThingCreateParams(_ThingCreateParamsBase):
    to: NotRequired[str]
class ThingCreateParamsFrom(TypedDict):
    account: str
"""
        )
        assert parameters == {"from!": "ThingCreateParamsFrom", "in": "string", "to": "string"}
        assert structures == {"ThingCreateParamsFrom": {"account!": "string"}}

    def test_a_structure_may_contain_itself(self, fields: Read) -> None:
        parameters, structures = fields(
            """
class ThingCreateParams(RequestOptions):
    node: NotRequired["ThingCreateParamsNode"]
class ThingCreateParamsNode(TypedDict):
    children: NotRequired[List["ThingCreateParamsNode"]]
"""
        )
        assert parameters == {"node": "ThingCreateParamsNode"}
        assert structures == {"ThingCreateParamsNode": {"children": "[ThingCreateParamsNode]"}}

    def test_a_range_of_time_has_timestamps(self, fields: Read) -> None:
        parameters, structures = fields(
            """
class ThingCreateParams(RequestOptions):
    created: NotRequired["ThingCreateParamsCreated|int"]
    amount: NotRequired["ThingCreateParamsAmount|int"]
class ThingCreateParamsCreated(TypedDict):
    gt: NotRequired[int]
    lte: NotRequired[int]
class ThingCreateParamsAmount(TypedDict):
    gt: NotRequired[int]
"""
        )
        assert parameters == {
            "amount": "ThingCreateParamsAmount | integer",
            "created": "ThingCreateParamsCreated | timestamp",
        }
        assert structures["ThingCreateParamsCreated"] == {"gt": "timestamp", "lte": "timestamp"}
        assert structures["ThingCreateParamsAmount"] == {"gt": "integer"}

    def test_a_documented_length_is_kept(self, fields: Read) -> None:
        parameters, _ = fields(
            '''
class ThingCreateParams(RequestOptions):
    email: NotRequired["Literal['']|str"]
    """
    Their address. This may be up to *512 characters*.
    """
    note: NotRequired[str]
    """
    Maximum 10 characters for `ach` payments, 140 characters for others.
    """
'''
        )
        assert parameters == {"email": "'' | string(512)", "note": "string"}

    def test_an_unknown_type_is_an_error(self, fields: Read) -> None:
        with pytest.raises(LookupError, match="Elsewhere"):
            fields("class ThingCreateParams(RequestOptions):\n    x: NotRequired['Elsewhere']\n")


class TestOperations:
    def read(self, package: PythonPackage) -> dict[str, Operation]:
        from tools.contract.operations import read_operations
        from tools.contract.parameters import ParameterReader

        return read_operations(package, ParameterReader())

    def test_an_operation_is_found_through_its_services(self, python_sdk: MakeSdk) -> None:
        package = python_sdk(
            {
                "_v1_services.py": (
                    '_subservices = {"test_helpers": ["stripe._test_helpers_service",'
                    ' "TestHelpersService"]}\nclass V1Services: ...'
                ),
                "_v2_services.py": V2,
                "_test_helpers_service.py": (
                    '_subservices = {"clocks": ["stripe.test_helpers._clock_service",'
                    ' "ClockService"]}\nclass TestHelpersService: ...'
                ),
                "test_helpers/_clock_service.py": """
class ClockService(StripeService):
    def advance(self, clock_id, /, options=None):
        return cast("Clock", self._request(
            "post",
            "/v1/test_helpers/clocks/{clock_id}/advance".format(clock_id=sanitize_id(clock_id)),
            base_address="api", params=None, options=options,
        ))
""",
            }
        )

        [(key, operation)] = self.read(package).items()

        assert key == "POST /v1/test_helpers/clocks/{clock}/advance"
        assert operation.method == "test_helpers.clocks.advance"
        assert operation.parameters == {}

    def test_names_are_resolved_by_the_imports_of_each_module(self, python_sdk: MakeSdk) -> None:
        """Three classes are called `SessionCreateParams`, five resources `Transaction`."""
        service = """
from stripe.params.{package}._session_create_params import SessionCreateParams
class SessionService(StripeService):
    def create(self, params: "SessionCreateParams", options=None):
        return self._request("post", "/v1/{package}/sessions", base_address="api", params=params)
"""
        parameters = """
class SessionCreateParams(TypedDict):
    options: "SessionCreateParamsOptions"
class SessionCreateParamsOptions(TypedDict):
    {field}: str
"""
        package = python_sdk(
            {
                "_v1_services.py": """
_subservices = {
    "checkout": ["stripe.checkout._session_service", "SessionService"],
    "billing_portal": ["stripe.billing_portal._session_service", "SessionService"],
}
class V1Services: ...
""",
                "_v2_services.py": V2,
                "checkout/_session_service.py": service.format(package="checkout"),
                "billing_portal/_session_service.py": service.format(package="billing_portal"),
                "params/checkout/_session_create_params.py": parameters.format(field="url"),
                "params/billing_portal/_session_create_params.py": parameters.format(field="flow"),
            }
        )
        from tools.contract.operations import read_operations
        from tools.contract.parameters import ParameterReader

        reader = ParameterReader()
        read_operations(package, reader)

        assert reader.structures == {
            "CheckoutSessionCreateParamsOptions": {"url!": "string"},
            "BillingPortalSessionCreateParamsOptions": {"flow!": "string"},
        }

    def test_streams_and_other_hosts_are_told(self, python_sdk: MakeSdk) -> None:
        package = python_sdk(
            {
                "_v1_services.py": V1,
                "_v2_services.py": V2,
                "_thing_service.py": """
class ThingService(StripeService):
    def pdf(self, thing, /, options=None):
        return cast("Any", self._request_stream(
            "get", "/v1/things/{thing}/pdf".format(thing=thing), base_address="files",
            params=None, options=options,
        ))
""",
            }
        )
        assert self.read(package)["GET /v1/things/{thing}/pdf"].base == "files"

    def test_numbers_that_v2_sends_as_strings_are_told(self, python_sdk: MakeSdk) -> None:
        package = python_sdk(
            {
                "_v1_services.py": V1,
                "_v2_services.py": V2,
                "_thing_service.py": """
from stripe.params._thing_create_params import ThingCreateParams
class ThingService(StripeService):
    def create(self, params: "ThingCreateParams", options=None):
        return self._request("post", "/v2/things", base_address="api",
            params=_coerce_v2_params(params, {"size": "int64_string"}), options=options)
""",
                "params/_thing_create_params.py": """
class ThingCreateParams(TypedDict):
    size: int
    parts: int
""",
            }
        )
        parameters = self.read(package)["POST /v2/things"].parameters
        assert parameters == {"parts!": "integer", "size!": "int64"}

    def test_a_path_that_two_services_offer_is_one_operation(self, python_sdk: MakeSdk) -> None:
        service = """
class {name}Service(StripeService):
    def delete(self, customer, id, /, options=None):
        return self._request("delete", "/v1/customers/{{customer}}/sources/{{id}}".format(
            customer=customer, id=id), base_address="api", params=None, options=options)
"""
        package = python_sdk(
            {
                "_v1_services.py": """
_subservices = {
    "sources": ["stripe._source_service", "SourceService"],
    "payment_sources": ["stripe._payment_source_service", "PaymentSourceService"],
}
class V1Services: ...
""",
                "_v2_services.py": V2,
                "_source_service.py": service.format(name="Source"),
                "_payment_source_service.py": service.format(name="PaymentSource"),
            }
        )
        [operation] = self.read(package).values()
        assert operation.method == "payment_sources.delete"

    @pytest.mark.parametrize(
        ("path", "clean"),
        [
            ("/v1/subscriptions/{subscription_exposed_id}", "/v1/subscriptions/{subscription}"),
            ("/v1/shipping_rates/{shipping_rate_token}", "/v1/shipping_rates/{shipping_rate}"),
            (
                "/v2/core/accounts/{account_id}/persons/{id}",
                "/v2/core/accounts/{account}/persons/{id}",
            ),
            ("/v1/invoices/{invoice}/lines/{line_item_id}", "/v1/invoices/{invoice}/lines/{line}"),
            ("/v1/payment_intents/{intent}", "/v1/payment_intents/{intent}"),
            ("/v1/confirmation_tokens/{confirmation_token}",) * 2,
        ],
    )
    def test_placeholders_are_named_as_stripes_errors_name_them(
        self, path: str, clean: str
    ) -> None:
        from tools.contract.operations import clean_path

        assert clean_path(path) == clean


class TestScalars:
    def test_a_resource_tells_its_numbers_apart(self, python_sdk: MakeSdk) -> None:
        from tools.contract.scalars import read_scalars

        package = python_sdk(
            {
                "_fee.py": '''
class Fee(StripeObject):
    OBJECT_NAME: ClassVar[Literal["application_fee"]] = "application_fee"
    class Part(StripeObject):
        share: Optional[float]
        size: int
        days: Optional[List[int]]
        _field_encodings = {"size": "int64_string"}
    amount: int
    created: int
    until: int
    """
    The end of it. Measured in seconds since the Unix epoch.
    """
    name: str
''',
                "v2/_amount.py": (
                    "class Amount(StripeObject):\n    value: int\n    created: str\n"
                    "    kind: Union[Literal['created_at'], str]\n"
                ),
            }
        )
        assert read_scalars(package) == {
            "application_fee": {
                "amount": "integer",
                "created": "timestamp",
                "until": "timestamp",
            },
            "application_fee.Part": {"share": "number", "size": "int64", "days": "integer"},
            "V2Amount": {"value": "integer", "created": "moment"},
        }

    @pytest.mark.parametrize(
        ("name", "text", "expected"),
        [
            ("created", "", True),
            ("expires_at", "", True),
            ("trial_end", "", True),
            ("due_by", "", True),
            ("available_on", "", True),
            ("deletes_after", "", True),
            ("start", "The start of the period.", True),
            ("billing_cycle_anchor", "A future timestamp to anchor the cycle.", True),
            ("expires_after_days", "The number of days after which it expires.", False),
            ("days_until_due", "", False),
            ("start_hour", "", False),
            ("divide_by", "", False),
            ("amount", "At the time of the request.", False),
            ("last_seen_at", "Timestamp is measured in milliseconds since the Unix epoch.", False),
        ],
    )
    def test_a_timestamp_is_told_by_name_or_text(
        self, name: str, text: str, expected: bool
    ) -> None:
        from tools.contract.timestamps import is_timestamp

        assert is_timestamp(name, text) is expected

    @pytest.mark.parametrize(
        ("name", "text", "expected"),
        [
            ("created", "The creation time.", True),
            ("expires_at", "", True),
            ("gte", "Must be an RFC 3339 date & time value.", True),
            ("lt", "Filter for events created before the specified timestamp.", True),
            ("execute_on", "The date of the payout, in YYYY-MM-DD format.", False),
            ("start_time", "Time of day in `HH:MM` format.", False),
            ("description", "", False),
        ],
    )
    def test_a_moment_is_told_by_name_or_text(self, name: str, text: str, expected: bool) -> None:
        from tools.contract.timestamps import is_moment

        assert is_moment(name, text) is expected
