from dossiers.services.hand_ins import save_hand_ins

__all__ = ["save_hand_ins"]
