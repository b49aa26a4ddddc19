from hearth.errors import DefinitionError, Fault, FaultsError, HearthError


def test_a_fault_says_file_place_what_was_found_and_what_to_do() -> None:
    fault = Fault(
        "models/hmo/model.yaml", "label.source", "is asb, which has no contract", "add it"
    )
    expected = "models/hmo/model.yaml: `label.source` is asb, which has no contract; add it"
    assert str(fault) == expected


def test_a_fault_of_a_whole_file_names_no_place() -> None:
    assert str(Fault("a.yaml", "", "is empty", "write it")) == "a.yaml: is empty; write it"


def test_a_fault_without_a_remedy_ends_with_what_was_found() -> None:
    assert str(Fault("a.yaml", "key", "is missing", "")) == "a.yaml: `key` is missing"


def test_faults_are_reported_once_each_and_in_a_fixed_order() -> None:
    first, second = Fault("a", "x", "is wrong", ""), Fault("b", "x", "is wrong", "")
    error = DefinitionError([second, first, second])
    assert error.faults == (first, second)
    assert str(error) == "a: `x` is wrong\nb: `x` is wrong"


def test_every_refusal_is_a_hearth_error_and_ends_a_command_with_one() -> None:
    assert issubclass(FaultsError, HearthError)
    assert DefinitionError([]).exit_code == 1
